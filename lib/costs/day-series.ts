import { daysBetween, weekdayOf } from '#lib/costs/utc-day'

/** What one UTC day cost. */
export interface DayCost {
  day: string
  costPicoUsd: bigint
}

/** Consecutive days, in USD: for statistics, never for bookkeeping. */
export interface DaySeries {
  firstDay: string
  /** Of the first day, 0 = Sunday. */
  firstWeekday: number
  usd: readonly number[]
}

const picoPerUsd = 1e12

/**
 * The days from the first one that cost something up to `lastDay`, without gaps: a day without a row cost nothing.
 * Null when nothing was spent up to then. Several rows of one day are added up; order does not matter.
 */
export function toDaySeries(days: readonly DayCost[], lastDay: string): DaySeries | null {
  const spent = days.filter(({ day, costPicoUsd }) => day <= lastDay && costPicoUsd > 0n)
  const [firstDay] = spent.map(({ day }) => day).sort()
  if (firstDay === undefined) return null
  const totals = new Array<bigint>(daysBetween(firstDay, lastDay) + 1).fill(0n)
  for (const { day, costPicoUsd } of spent) {
    const index = daysBetween(firstDay, day)
    totals[index] = (totals[index] ?? 0n) + costPicoUsd
  }
  return { firstDay, firstWeekday: weekdayOf(firstDay), usd: totals.map(toUsd) }
}

/** The weekday at an index of the series, 0 = Sunday; also beyond its end. */
export function weekdayAt(series: DaySeries, index: number): number {
  return (series.firstWeekday + index) % 7
}

/** As a float: exact enough for statistics. */
export function toUsd(picoUsd: bigint): number {
  return Number(picoUsd) / picoPerUsd
}

/** Rounded to a whole pico-USD. */
export function toPicoUsd(usd: number): bigint {
  return BigInt(Math.round(usd * 1e6)) * 1_000_000n
}
