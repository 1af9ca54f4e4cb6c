import type { Database } from '#server/db/database'
import type { CounterId } from '#server/quotas/quota-authority'

/** What one request adds to a measure, in a row of the ledger and in a row of its roll-ups. */
const measured: Readonly<Record<string, { entry: string; rollup: string }>> = {
  requests: { entry: 'count(*)', rollup: 'sum(requests)' },
  tokens: {
    entry: 'sum(input_tokens::numeric + output_tokens)',
    rollup: 'sum(input_tokens + output_tokens)',
  },
  cost: { entry: 'sum(cost_pico_usd)', rollup: 'sum(cost_pico_usd)' },
}

/** Where a scope's rows are; roll-ups know accounts and creators, not keys. */
const scoped: Readonly<Record<string, { entries: string; rollups: string | null }>> = {
  account: { entries: '', rollups: 'route_rollups WHERE account_id = $1' },
  creator: {
    entries: 'AND creator_id = $4',
    rollups: 'creator_rollups WHERE account_id = $1 AND creator_id = $4',
  },
  key: { entries: 'AND api_key_id = $4', rollups: null },
}

const hourMs = 3_600_000
const dayMs = 86_400_000

/**
 * What the ledger has of a counter from the beginning of its window up to a moment: whole days and hours from the
 * roll-ups where there are any, the rest row by row.
 */
export async function ledgerUsage(
  db: Pick<Database, 'pool'>,
  { accountId, counter, windowStartMs }: CounterId,
  beforeMs: number,
): Promise<bigint> {
  const [scope = '', measure = '', , ...id] = counter.split('/')
  const columns = measured[measure]
  const place = scoped[scope]
  if (!columns || !place || beforeMs <= windowStartMs) return 0n
  const dayStartMs = Math.max(windowStartMs, floorTo(beforeMs, dayMs))
  const hourStartMs = Math.max(dayStartMs, floorTo(beforeMs, hourMs))
  const rowsFromMs = place.rollups === null ? windowStartMs : hourStartMs
  const parts = [
    `SELECT ${columns.entry} AS used FROM ledger_entries
     WHERE account_id = $1 AND started_at >= $2::timestamptz AND started_at < $3::timestamptz ${place.entries}`,
  ]
  const bind: unknown[] = [accountId, iso(rowsFromMs), iso(beforeMs)]
  if (scope !== 'account') bind.push(id.join('/'))
  if (place.rollups !== null) {
    const from = `SELECT ${columns.rollup} FROM ${place.rollups}`
    const at = (ms: number) => `$${bind.push(iso(ms))}::timestamptz`
    parts.push(
      `${from} AND grain = 'day' AND bucket_start >= ${at(windowStartMs)} AND bucket_start < ${at(dayStartMs)}`,
      `${from} AND grain = 'hour' AND bucket_start >= ${at(dayStartMs)} AND bucket_start < ${at(hourStartMs)}`,
    )
  }
  const { rows } = await db.pool.query<{ used: string }>(
    `SELECT coalesce(sum(used), 0)::text AS used FROM (${parts.join(' UNION ALL ')}) AS parts`,
    bind,
  )
  return BigInt(rows[0]?.used ?? 0)
}

function floorTo(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
