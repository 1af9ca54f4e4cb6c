import { formatCount } from '#components/ui/format-number'
import { formatUsdText } from '#components/ui/format-usd-text'
import type { UsageRow } from '#lib/contracts/quotas'

type Measured = Pick<UsageRow, 'measure' | 'window'>

/** `tokens a minute`, `USD a month`, `requests at once`. */
export function meterWords({ measure, window }: Measured): string {
  if (measure === 'concurrent') return 'requests at once'
  return `${measure === 'cost' ? 'USD' : measure} a ${window}`
}

/** An amount of the API with its unit as a person reads it: `$12.50`, `1,284`. */
export function amountWords(measure: UsageRow['measure'], amount: string): string {
  return measure === 'cost' ? formatUsdText(amount) : formatCount(Number(amount))
}

/** `account acme`, `creator crt_1`. */
export function scopeWords({ scope, scopeId }: Pick<UsageRow, 'scope' | 'scopeId'>): string {
  return `${scope} ${scopeId}`
}
