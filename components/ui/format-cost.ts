import { formatUsd } from '#lib/costs/format-usd'

/** Pico-USD digits as money with the digits that matter: `$0.0042`, `$18.20`, `$1,284.10`; null = no price is known. */
export function formatCost(picoUsd: string | null): string {
  return picoUsd === null ? 'no price' : formatUsd(BigInt(picoUsd))
}

/** Dollars as a number, for chart heights only; sums and texts use the exact digits. */
export function costForChart(picoUsd: string): number {
  return Number(BigInt(picoUsd) / 1_000_000n) / 1_000_000
}
