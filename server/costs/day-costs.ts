import type { DayCost } from '#lib/costs/day-series'
import type { Database } from '#server/db/database'

/** What to add up; absent = all. */
export interface CostScope {
  account?: string | undefined
  creator?: string | undefined
  operation?: string | undefined
}

/** Days that had requests, oldest first, with what they cost; UTC, both ends included. */
export async function readDayCosts(
  db: Pick<Database, 'pool'>,
  { from, to, scope }: { from: string; to: string; scope: CostScope },
): Promise<(DayCost & { unpricedRequests: number })[]> {
  const { rows } = await db.pool.query<{ day: string; cost: string; unpriced: string }>(
    `SELECT day::text AS day, sum(cost_pico_usd)::text AS cost, sum(unpriced)::text AS unpriced
     FROM usage_days
     WHERE day >= $1::date AND day <= $2::date AND ($3::text IS NULL OR account_id = $3)
       AND ($4::text IS NULL OR creator_id = $4) AND ($5::text IS NULL OR operation = $5)
     GROUP BY day ORDER BY day`,
    [from, to, scope.account ?? null, scope.creator ?? null, scope.operation ?? null],
  )
  return rows.map(({ day, cost, unpriced }) => ({
    day,
    costPicoUsd: BigInt(cost),
    unpricedRequests: Number(unpriced),
  }))
}
