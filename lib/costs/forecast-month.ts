import { type DayCost, type DaySeries, toDaySeries, toPicoUsd } from '#lib/costs/day-series'
import { chooseSmoothing, expectDays } from '#lib/costs/expect-days'
import { type Band, forecastBands } from '#lib/costs/forecast-band'
import { heldOutErrors } from '#lib/costs/forecast-spread'
import {
  addDays,
  dayMs,
  dayStartMs,
  daysBetween,
  monthStart,
  nextMonthStart,
  utcDay,
} from '#lib/costs/utc-day'

/** One day of the month. Sums count from the first of the month to the end of this day. */
export interface ForecastDay {
  day: string
  /** What it cost; today so far. Null for days that have not begun. */
  actualPicoUsd: bigint | null
  sumPicoUsd: bigint
  /** Null for days that are over, and where no interval can be given. */
  lowPicoUsd: bigint | null
  highPicoUsd: bigint | null
}

export interface MonthForecast {
  /** `2026-01` */
  month: string
  /** So far, exactly. */
  spentPicoUsd: bigint
  /** Null while there is no complete day with cost to go by. */
  expectedPicoUsd: bigint | null
  /** Null while the history is too short to say how far off such forecasts are. */
  interval: { lowPicoUsd: bigint; highPicoUsd: bigint; coverage: number } | null
  /** Complete days behind it. */
  historyDays: number
  days: readonly ForecastDay[]
}

export interface ForecastInput {
  /** Days that cost something, today's part included; in any order. */
  days: readonly DayCost[]
  nowMs: number
  /** Share of months that should end inside the interval. */
  coverage?: number
  /** Share of a day's cost that has usually come by this time; else the share of the day that is over. */
  todayShare?: number
}

const defaultCoverage = 0.8
/** Older days say nothing about this month. */
export const forecastHistoryDays = 120
/** Days over which the smoothing is chosen. */
const choiceWindow = 56
/** Fewer complete days than this give a forecast, and no interval. */
export const leastDaysForInterval = 10

/**
 * What the month will have cost at its end (UTC), from the complete days before today, with an interval from the errors
 * that the same forecast made on days it had not seen. What is spent already is never forecast away.
 */
export function forecastMonth(input: ForecastInput): MonthForecast {
  const { days, nowMs, coverage = defaultCoverage } = input
  const today = utcDay(nowMs)
  const first = monthStart(today)
  const actual = actualDays(days, { first, today })
  const spentPicoUsd = actual.at(-1)?.sumPicoUsd ?? 0n
  const recent = days.filter(({ day }) => day > addDays(today, -forecastHistoryDays))
  const series = toDaySeries(recent, addDays(today, -1))
  const known = { month: first.slice(0, 7), spentPicoUsd, historyDays: series?.usd.length ?? 0 }
  if (!series) return { ...known, expectedPicoUsd: null, interval: null, days: actual }
  const todayLeft = 1 - (input.todayShare ?? (nowMs - dayStartMs(today)) / dayMs)
  const bands = comingBands(series, {
    remaining: daysBetween(today, nextMonthStart(today)),
    todayLeft,
    coverage,
  })
  const coming = bands.map(({ usd, low, high }, ahead) => ({
    day: addDays(today, ahead),
    actualPicoUsd: ahead === 0 ? (actual.at(-1)?.actualPicoUsd ?? 0n) : null,
    sumPicoUsd: spentPicoUsd + toPicoUsd(usd),
    lowPicoUsd: low === null ? null : spentPicoUsd + toPicoUsd(low),
    highPicoUsd: high === null ? null : spentPicoUsd + toPicoUsd(high),
  }))
  const end = coming.at(-1)
  return {
    ...known,
    expectedPicoUsd: end?.sumPicoUsd ?? spentPicoUsd,
    interval:
      end && end.lowPicoUsd !== null && end.highPicoUsd !== null
        ? { lowPicoUsd: end.lowPicoUsd, highPicoUsd: end.highPicoUsd, coverage }
        : null,
    days: [...actual.slice(0, -1), ...coming],
  }
}

/** The days from the first to today with what they cost, gaps as zero. */
function actualDays(
  days: readonly DayCost[],
  { first, today }: { first: string; today: string },
): ForecastDay[] {
  const costs = new Map<string, bigint>()
  for (const { day, costPicoUsd } of days) costs.set(day, (costs.get(day) ?? 0n) + costPicoUsd)
  let sumPicoUsd = 0n
  return Array.from({ length: daysBetween(first, today) + 1 }, (_, index) => {
    const day = addDays(first, index)
    const actualPicoUsd = costs.get(day) ?? 0n
    sumPicoUsd += actualPicoUsd
    return { day, actualPicoUsd, sumPicoUsd, lowPicoUsd: null, highPicoUsd: null }
  })
}

interface ComingBand {
  usd: number
  low: number | null
  high: number | null
}

function comingBands(
  series: DaySeries,
  { remaining, todayLeft, coverage }: { remaining: number; todayLeft: number; coverage: number },
): ComingBand[] {
  const smoothing = chooseSmoothing(series, choiceWindow)
  const expectedUsd = expectDays(series, remaining, { smoothing })
  expectedUsd[0] = (expectedUsd[0] ?? 0) * Math.min(1, Math.max(0, todayLeft))
  const enough = series.usd.length >= leastDaysForInterval
  const errors = enough ? heldOutErrors(series, { horizon: remaining, smoothing }) : null
  if (errors) return forecastBands({ expectedUsd, errors, smoothing, coverage }).map(toComing)
  let usd = 0
  return expectedUsd.map((expected) => {
    usd += expected
    return { usd, low: null, high: null }
  })
}

function toComing({ usd, lowUsd, highUsd }: Band): ComingBand {
  return { usd, low: lowUsd, high: highUsd }
}
