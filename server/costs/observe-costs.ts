import type { Observation } from '#lib/alerts/observation'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import type { PriceBook } from '#lib/costs/price-book'
import { floorToGrain } from '#lib/costs/time-grain'
import { observeAnomalies } from '#server/costs/observe-anomalies'
import { observeUnpriced } from '#server/costs/observe-unpriced'
import { readCostFigures } from '#server/costs/read-cost-report'
import type { Database } from '#server/db/database'

const hourMs = 3_600_000
const minuteMs = 60_000

/**
 * What the last hour (to the minute) and today (UTC) cost over all accounts, from roll-ups, what has no price, and who
 * costs more than usual.
 */
export function observeCosts(db: Pick<Database, 'pool' | 'kind'>, book: () => PriceBook) {
  const anomalies = observeAnomalies(db, book)
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const whole = { filter: {}, groupBy: [], granularity: null, toMs: null, top: null }
    const hourFromMs = floorToGrain(nowMs - hourMs, 'minute') + minuteMs
    const [hour, day, unpriced, rises] = await Promise.all([
      readCostFigures(db, { ...whole, fromMs: hourFromMs }, nowMs),
      readCostFigures(db, { ...whole, fromMs: floorToGrain(nowMs, 'day') }, nowMs),
      observeUnpriced(db)(nowMs),
      anomalies(nowMs),
    ])
    const costs = [
      observation('cost.hour_usd', hour.totals.costPicoUsd),
      observation('cost.day_usd', day.totals.costPicoUsd),
    ]
    return [...costs.filter(({ value }) => value > 0), ...unpriced, ...rises]
  }
}

function observation(metric: string, costPicoUsd: bigint): Observation {
  return { metric, labels: {}, value: Number(picoToUsdDecimal(costPicoUsd)), unit: 'USD', requestIds: [] }
}
