import type { z } from 'zod'
import type { ForecastView, forecastQuery } from '#lib/contracts/cost-advice'
import { forecastHistoryDays, forecastMonth } from '#lib/costs/forecast-month'
import { addDays, monthStart, utcDay } from '#lib/costs/utc-day'
import { readDayCosts } from '#server/costs/day-costs'
import type { Database } from '#server/db/database'

/** The forecast of the running month as of `nowMs`, from the daily roll-ups. */
export async function readForecast(
  db: Pick<Database, 'pool'>,
  { coverage, ...scope }: z.infer<typeof forecastQuery>,
  nowMs: number,
): Promise<ForecastView> {
  const today = utcDay(nowMs)
  const days = await readDayCosts(db, { from: addDays(today, -forecastHistoryDays), to: today, scope })
  const forecast = forecastMonth({ days, nowMs, coverage })
  return {
    month: forecast.month,
    asOf: new Date(nowMs).toISOString(),
    spentPicoUsd: String(forecast.spentPicoUsd),
    expectedPicoUsd: text(forecast.expectedPicoUsd),
    interval: forecast.interval && {
      lowPicoUsd: String(forecast.interval.lowPicoUsd),
      highPicoUsd: String(forecast.interval.highPicoUsd),
      coverage,
    },
    historyDays: forecast.historyDays,
    unpricedRequests: days
      .filter(({ day }) => day >= monthStart(today))
      .reduce((sum, { unpricedRequests }) => sum + unpricedRequests, 0),
    days: forecast.days.map((day) => ({
      day: day.day,
      actualPicoUsd: text(day.actualPicoUsd),
      sumPicoUsd: String(day.sumPicoUsd),
      lowPicoUsd: text(day.lowPicoUsd),
      highPicoUsd: text(day.highPicoUsd),
    })),
  }
}

function text(picoUsd: bigint | null): string | null {
  return picoUsd === null ? null : String(picoUsd)
}
