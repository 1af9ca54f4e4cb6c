import type { Observation } from '#lib/alerts/observation'
import type { Database } from '#server/db/database'

const spanMs = 2 * 60_000
const mostCounted = 5_000

const statement = `
SELECT tier, count(*)::int AS requests, (array_agg(id ORDER BY started_at DESC))[1:10] AS ids
FROM (SELECT tier, id, started_at FROM ledger_entries
  WHERE outcome <> 'success' AND error_code = 'overloaded' AND started_at >= $1::timestamptz
  ORDER BY started_at DESC LIMIT ${mostCounted}) AS shed
GROUP BY tier`

/** `gateway.shed_requests`: requests of the last two minutes that were refused because the deployments were full, by tier. */
export function observeShedding(db: Pick<Database, 'pool'>) {
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const given = [new Date(nowMs - spanMs).toISOString()]
    const { rows } = await db.pool.query<{ tier: string; requests: number; ids: string[] }>(statement, given)
    return rows.map(({ tier, requests, ids }) => ({
      metric: 'gateway.shed_requests',
      labels: { tier: tier === '' ? 'none' : tier },
      value: requests,
      unit: 'requests',
      requestIds: ids,
      detail: `refused in two minutes${requests === mostCounted ? ', at least' : ''}`,
    }))
  }
}
