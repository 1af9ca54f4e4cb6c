import { type DaySeries, weekdayAt } from '#lib/costs/day-series'
import { mean, median } from '#lib/costs/robust-statistics'

/** How fast the level follows new days: 0 = never, 1 = the last day alone. */
export type Smoothing = number

const smoothings: readonly Smoothing[] = [0.1, 0.2, 0.35, 0.55]
/** Weekdays are told apart once each was seen this often. */
const leastWeeks = 3
const weekDays = 7
/** Weeks of evidence at which a weekday's own ratio weighs as much as "like any other day". */
const weeksOfDoubt = 1.5

/**
 * What each of the next `count` days is expected to cost, in USD: an exponentially smoothed level of recent days times
 * the weekday's usual ratio to its week. Uses nothing but the series.
 */
export function expectDays(
  series: DaySeries,
  count: number,
  { smoothing, ratios = weekdayRatios(series) }: { smoothing: Smoothing; ratios?: readonly number[] },
): number[] {
  const level = followLevel(series, ratios, smoothing)
  return Array.from(
    { length: count },
    (_, ahead) => level * ratioOn(series, ratios, series.usd.length + ahead),
  )
}

/** The smoothing whose expectations of the next day came closest over the last `days` days. */
export function chooseSmoothing(series: DaySeries, days: number): Smoothing {
  const first = Math.max(weekDays, series.usd.length - days)
  const ratios = weekdayRatios(series)
  const errorOf = (smoothing: Smoothing) => {
    let level = series.usd[0] ?? 0
    let sum = 0
    series.usd.forEach((usd, index) => {
      const ratio = ratioOn(series, ratios, index)
      if (index >= first) sum += (usd - level * ratio) ** 2
      level += smoothing * (usd / ratio - level)
    })
    return sum
  }
  return smoothings.reduce((best, smoothing) => (errorOf(smoothing) < errorOf(best) ? smoothing : best))
}

/**
 * Starts from the mean of the first week rather than the first day, as far as there is one, and forgets it like any
 * other day.
 */
function followLevel(series: DaySeries, ratios: readonly number[], smoothing: Smoothing): number {
  const plain = series.usd.map((usd, index) => usd / ratioOn(series, ratios, index))
  return plain.reduce((level, usd) => level + smoothing * (usd - level), mean(plain.slice(0, weekDays)))
}

/** By weekday, 0 = Sunday: cost relative to the mean of the seven days around; all 1 while the series is short. */
export function weekdayRatios(series: DaySeries): readonly number[] {
  const { usd } = series
  const ratios: number[][] = Array.from({ length: weekDays }, () => [])
  if (usd.length >= leastWeeks * weekDays) {
    for (let index = 3; index + 3 < usd.length; index += 1) {
      const around = mean(usd.slice(index - 3, index + 4))
      if (around > 0) ratios[weekdayAt(series, index)]?.push((usd[index] ?? 0) / around)
    }
  }
  const shrunk = ratios.map((own) =>
    own.length === 0 ? 1 : (median(own) * own.length + weeksOfDoubt) / (own.length + weeksOfDoubt),
  )
  const middle = mean(shrunk)
  return shrunk.map((ratio) => Math.max(0.02, ratio / middle))
}

function ratioOn(series: DaySeries, ratios: readonly number[], index: number): number {
  return ratios[weekdayAt(series, index)] ?? 1
}
