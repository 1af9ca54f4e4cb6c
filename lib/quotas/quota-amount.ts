import { picoToUsdDecimal } from '#lib/costs/format-usd'
import type { QuotaMeasure } from '#lib/quotas/quota-terms'

const decimalPattern = /^(\d{1,12})(?:\.(\d{1,12}))?$/

/** A decimal amount of USD in pico-USD; null when the text is none, or has more than twelve decimals. */
export function usdToPico(text: string): bigint | null {
  const match = decimalPattern.exec(text)
  if (!match) return null
  const [, whole = '0', fraction = ''] = match
  return BigInt(whole) * 1_000_000_000_000n + BigInt(fraction.padEnd(12, '0'))
}

/** An amount as people and the API write it, in the unit that counters have: USD for cost, else a whole number; null = none. */
export function parseAmount(measure: QuotaMeasure, text: string): bigint | null {
  if (measure === 'cost') return usdToPico(text)
  return /^\d{1,15}$/.test(text) ? BigInt(text) : null
}

/** The other way round. */
export function amountText(measure: QuotaMeasure, amount: bigint): string {
  return measure === 'cost' ? picoToUsdDecimal(amount) : amount.toString()
}
