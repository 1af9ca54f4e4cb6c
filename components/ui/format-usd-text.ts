import { formatCost } from '#components/ui/format-cost'

/** A decimal dollar text of the API (`0.000423`) as money; null = none was reported. */
export function formatUsdText(usd: string | null): string {
  const match = usd === null ? null : /^(\d+)(?:\.(\d*))?$/.exec(usd.trim())
  if (!match) return usd === null ? '–' : `$${usd}`
  const fraction = (match[2] ?? '').slice(0, 12).padEnd(12, '0')
  return formatCost(`${match[1]}${fraction}`)
}
