import type { Observation } from '#lib/alerts/observation'
import { type CostChange, costChangesQuery } from '#lib/contracts/cost-changes'
import { toUsd } from '#lib/costs/day-series'
import type { PriceBook } from '#lib/costs/price-book'
import { dayMs, dayStartMs } from '#lib/costs/utc-day'
import { readCostChanges } from '#server/costs/read-cost-changes'
import type { Database } from '#server/db/database'

/** Eight weeks of roll-ups are not read every few seconds: what costs more does so for hours. */
const freshForMs = 5 * 60_000

/**
 * Creators and operations that go on costing more than the weeks before them, by USD a day; those that somebody has said
 * are meant are left out.
 */
export function observeAnomalies(db: Pick<Database, 'pool'>, book: () => PriceBook) {
  let known: { atMs: number; observed: readonly Observation[] } | null = null
  return async (nowMs: number): Promise<readonly Observation[]> => {
    if (known === null || nowMs - known.atMs >= freshForMs || nowMs < known.atMs) {
      const { anomalies } = await readCostChanges({ db, book: book(), nowMs }, costChangesQuery.parse({}))
      const rises = anomalies.filter(
        ({ direction, ongoing, dismissal }) => direction === 'up' && ongoing && dismissal === null,
      )
      const observed = []
      for (const rise of rises) observed.push(await observation(db, rise))
      known = { atMs: nowMs, observed }
    }
    return known.observed
  }
}

async function observation(db: Pick<Database, 'pool'>, rise: CostChange): Promise<Observation> {
  const { dimension, accountId, value, nowPicoUsdPerDay, beforePicoUsdPerDay } = rise
  return {
    metric: 'cost.anomaly_usd_per_day',
    labels: { account: accountId, by: dimension, subject: value },
    value: toUsd(BigInt(nowPicoUsdPerDay) - BigInt(beforePicoUsdPerDay)),
    unit: 'USD a day',
    requestIds: await lastRequests(db, rise),
    detail: rise.sentence,
  }
}

/** Found by walking back in time from the last day; there are some, so the walk is short. */
async function lastRequests(
  db: Pick<Database, 'pool'>,
  { dimension, accountId, value, startDay, endDay }: CostChange,
): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM ledger_entries
     WHERE account_id = $1 AND ${dimension === 'creator' ? 'creator_id' : 'operation'} = $2 AND cost_pico_usd > 0
       AND started_at >= $3::timestamptz AND started_at < $4::timestamptz
     ORDER BY started_at DESC, id DESC LIMIT 5`,
    [
      accountId,
      value,
      new Date(dayStartMs(startDay)).toISOString(),
      new Date(dayStartMs(endDay) + dayMs).toISOString(),
    ],
  )
  return rows.map(({ id }) => id)
}
