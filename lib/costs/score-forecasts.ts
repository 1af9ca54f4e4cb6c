import { type DayCost, toUsd } from '#lib/costs/day-series'
import { type ForecastInput, forecastMonth } from '#lib/costs/forecast-month'
import { dayMs, dayStartMs, monthStart, nextMonthStart } from '#lib/costs/utc-day'

/** How forecasts of whole months, made from days before their end, compare with what the months came to. */
export interface ForecastScore {
  forecasts: number
  /** Those that stated an interval. */
  intervals: number
  /** Share of the intervals that held the outcome. */
  coverage: number
  /** Mean width of the intervals as a share of the outcome. */
  meanWidth: number
  /** Mean absolute error of the expectation, and of "the same every day as so far", as shares of the outcome. */
  meanError: number
  runRateError: number
}

/**
 * Replays a history: on every `everyDays`-th day, at `share` of the day, forecasts with what was known then. The last
 * month counts only if the history holds its end; days without a row cost nothing.
 */
export function scoreForecasts(
  history: readonly DayCost[],
  {
    coverage = 0.8,
    everyDays = 3,
    share = 0.6,
  }: { coverage?: number; everyDays?: number; share?: number } = {},
): ForecastScore {
  const days = [...history].sort((a, b) => (a.day < b.day ? -1 : 1))
  const lastDay = days.at(-1)?.day ?? ''
  const outcomes = days
    .filter(
      ({ day }, index) => index >= 3 && index % everyDays === 0 && nextMonthStart(day) <= afterDay(lastDay),
    )
    .map(({ day }) => outcomeOf(days, { day, coverage, share }))
    .filter((outcome) => outcome !== null)
  const withInterval = outcomes.filter(({ width }) => width !== null)
  return {
    forecasts: outcomes.length,
    intervals: withInterval.length,
    coverage: meanOf(withInterval.map(({ covered }) => (covered ? 1 : 0))),
    meanWidth: meanOf(withInterval.map(({ width }) => width ?? 0)),
    meanError: meanOf(outcomes.map(({ error }) => error)),
    runRateError: meanOf(outcomes.map(({ runRateError }) => runRateError)),
  }
}

interface Asked {
  day: string
  coverage: number
  share: number
}

function outcomeOf(days: readonly DayCost[], { day, coverage, share }: Asked) {
  const total = sumOf(days, monthStart(day), nextMonthStart(day))
  const input: ForecastInput = {
    days: knownAt(days, { day, share }),
    nowMs: dayStartMs(day) + share * dayMs,
    coverage,
  }
  const forecast = forecastMonth(input)
  if (forecast.expectedPicoUsd === null || total === 0n) return null
  const { interval } = forecast
  const usd = toUsd(total)
  const elapsed = (input.nowMs - dayStartMs(monthStart(day))) / dayMs
  const length = (dayStartMs(nextMonthStart(day)) - dayStartMs(monthStart(day))) / dayMs
  const runRate = (toUsd(forecast.spentPicoUsd) / elapsed) * length
  return {
    covered: interval !== null && interval.lowPicoUsd <= total && total <= interval.highPicoUsd,
    width: interval && toUsd(interval.highPicoUsd - interval.lowPicoUsd) / usd,
    error: Math.abs(toUsd(forecast.expectedPicoUsd) - usd) / usd,
    runRateError: Math.abs(runRate - usd) / usd,
  }
}

function knownAt(days: readonly DayCost[], { day, share }: { day: string; share: number }): DayCost[] {
  return days
    .filter((row) => row.day <= day)
    .map((row) =>
      row.day === day
        ? { day, costPicoUsd: (row.costPicoUsd * BigInt(Math.round(share * 1000))) / 1000n }
        : row,
    )
}

function sumOf(days: readonly DayCost[], from: string, before: string): bigint {
  return days.reduce(
    (sum, { day, costPicoUsd }) => (day >= from && day < before ? sum + costPicoUsd : sum),
    0n,
  )
}

function afterDay(day: string): string {
  return day === '' ? '' : new Date(dayStartMs(day) + dayMs).toISOString().slice(0, 10)
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length
}
