import type { Observation } from '#lib/alerts/observation'
import { readCostFigures } from '#server/costs/read-cost-report'
import type { Database } from '#server/db/database'

const lookBackMs = 24 * 3_600_000

/**
 * Requests of the last 24 hours whose model had no price, by deployment and model, with the last few of them. They
 * stand in no total, so somebody must set a price.
 */
export function observeUnpriced(db: Pick<Database, 'pool' | 'kind'>) {
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const fromMs = nowMs - lookBackMs
    const { rows } = await readCostFigures(
      db,
      { filter: {}, groupBy: ['deployment', 'model'], granularity: null, fromMs, toMs: null, top: null },
      nowMs,
    )
    const unpriced = rows.filter((row) => row.unpricedRequests > 0)
    return Promise.all(
      unpriced.map(async ({ group, unpricedRequests, requests }): Promise<Observation> => {
        const deployment = group?.deployment ?? ''
        const model = group?.model ?? ''
        return {
          metric: 'cost.unpriced_requests',
          labels: { deployment, model },
          value: unpricedRequests,
          unit: 'requests',
          requestIds: await lastUnpriced(db, { deployment, model, fromMs }),
          sample: requests,
          detail: `${unpricedRequests} requests of ${deployment || 'no deployment'} (model ${model || 'unknown'}) have no price and stand in no total.`,
        }
      }),
    )
  }
}

/** Found by walking back in time; there are some, so the walk is short. */
async function lastUnpriced(
  db: Pick<Database, 'pool' | 'kind'>,
  { deployment, model, fromMs }: { deployment: string; model: string; fromMs: number },
): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM ledger_entries
     WHERE started_at >= $1::timestamptz AND cost_pico_usd IS NULL AND deployment_id = $2 AND model = $3
     ORDER BY started_at DESC, id DESC LIMIT 5`,
    [new Date(fromMs).toISOString(), deployment, model],
  )
  return rows.map(({ id }) => id)
}
