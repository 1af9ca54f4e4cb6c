import { median } from '#lib/costs/robust-statistics'

/**
 * Shares of a day's cost by hour of the day: each hour's median over the days, scaled to one whole. `days` are 24 hourly
 * costs each; without a day that cost something, every hour is alike.
 */
export function dayShape(days: readonly (readonly number[])[]): number[] {
  const shares = days.flatMap((hours) => {
    const whole = hours.reduce((sum, usd) => sum + usd, 0)
    return whole > 0 ? [hours.map((usd) => usd / whole)] : []
  })
  const middle = Array.from({ length: 24 }, (_, hour) =>
    shares.length === 0 ? 1 : median(shares.map((day) => day[hour] ?? 0)),
  )
  const whole = middle.reduce((sum, share) => sum + share, 0)
  return middle.map((share) => (whole > 0 ? share / whole : 1 / 24))
}

/** Share of a day's cost that has usually come when `elapsedMs` of it are over. */
export function shareOver(shape: readonly number[], elapsedMs: number): number {
  const hours = elapsedMs / 3_600_000
  return shape.reduce((sum, share, hour) => sum + share * Math.min(1, Math.max(0, hours - hour)), 0)
}
