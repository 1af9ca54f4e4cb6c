import type { DaySeries } from '#lib/costs/day-series'
import { expectDays, type Smoothing, weekdayRatios } from '#lib/costs/expect-days'

/** How far sums of expected days were off on days that the expectation had not seen. */
export interface HeldOutErrors {
  /** Standard deviation of a day's error, as a share of what the day was expected to cost. */
  dayShare: number
  /** Mean error of the sums as a share of what they were expected to be: > 0 when costs run ahead. */
  bias: number
  /** About how many independent errors stand behind it: overlapping sums count as one. */
  effectiveCount: number
}

const leastTraining = 5
const weekDays = 7

/**
 * Forecasts from every earlier day with what was known then, over `horizon` days or as many as there are since, and
 * compares. Null when fewer than three such days exist.
 */
export function heldOutErrors(
  series: DaySeries,
  { horizon, smoothing }: { horizon: number; smoothing: Smoothing },
): HeldOutErrors | null {
  const count = series.usd.length
  const first = Math.max(leastTraining, Math.min(21, Math.floor(count / 2)))
  const scores: { score: number; share: number; days: number }[] = []
  let ratios: readonly number[] | null = null
  for (let origin = first; origin < count; origin += 1) {
    const days = Math.min(horizon, count - origin)
    const known = { ...series, usd: series.usd.slice(0, origin) }
    if (ratios === null || origin % weekDays === 0) ratios = weekdayRatios(known)
    const expected = sum(expectDays(known, days, { smoothing, ratios }))
    if (expected <= 0) continue
    const share = sum(series.usd.slice(origin, origin + days)) / expected - 1
    scores.push({ score: (share * days) / Math.sqrt(sumVariance(days, smoothing)), share, days })
  }
  if (scores.length < 3) return null
  const long = scores.filter(({ days }) => days >= Math.min(horizon, 7))
  return {
    dayShare: Math.sqrt(scores.reduce((total, { score }) => total + score ** 2, 0) / scores.length),
    bias: long.length < 7 ? 0 : long.reduce((total, { share }) => total + share, 0) / long.length,
    effectiveCount: Math.max(2, scores.length / Math.max(1, Math.min(horizon, scores.length) / 4)),
  }
}

/**
 * Variance of the error of a sum of `days` days where each day's own error has variance 1: an error of the level
 * reaches all days after it. Source: the exponential-smoothing state-space model ETS(A,N,N), Hyndman & Athanasopoulos,
 * Forecasting: Principles and Practice, https://otexts.com/fpp3/ets-forecasting.html
 */
export function sumVariance(days: number, smoothing: Smoothing): number {
  let total = 0
  for (let after = 0; after < days; after += 1) total += (1 + smoothing * after) ** 2
  return total
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
