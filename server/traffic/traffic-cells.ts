import type { Database } from '#server/db/database'

/** Answers of an operation of a tier within a span, by who gave them. */
export interface CellCounts {
  /** Empty for embeddings and for deployments named directly. */
  tier: string
  operation: string
  legacy: number
  azure: number
}

const statement = `
SELECT tier, operation,
  sum(requests) FILTER (WHERE provider IN ('openai', 'anthropic'))::float8 AS legacy,
  sum(requests) FILTER (WHERE provider = 'azure-openai')::float8 AS azure
FROM route_rollups
WHERE grain = $1 AND bucket_start >= $2 AND bucket_start < $3
  AND provider <> '' AND operation NOT IN ('test', 'probe')
GROUP BY tier, operation
ORDER BY tier, operation`

/** From the roll-ups, over all accounts; probes and test calls are nobody's traffic. */
export async function readCells(
  { pool }: Pick<Database, 'pool'>,
  { fromMs, toMs, grain }: { fromMs: number; toMs: number; grain: 'minute' | 'hour' | 'day' },
): Promise<CellCounts[]> {
  const { rows } = await pool.query<{
    tier: string
    operation: string
    legacy: number | null
    azure: number | null
  }>(statement, [grain, new Date(fromMs), new Date(toMs)])
  return rows.map((row) => ({ ...row, legacy: row.legacy ?? 0, azure: row.azure ?? 0 }))
}
