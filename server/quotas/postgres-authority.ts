import type { LeaseGrant } from '#lib/quotas/quota-counter'
import type { Database } from '#server/db/database'
import {
  type CounterId,
  type CounterTotals,
  keepForMs,
  type LeaseEntry,
  type QuotaAuthority,
} from '#server/quotas/quota-authority'

const syncStatement = 'SELECT * FROM quota_sync($1, $2, $3)'

const readStatement = `
SELECT x.ord, sum(l.used)::text AS used,
  sum(CASE WHEN l.expires_at > now() THEN l.granted - l.used ELSE 0 END)::text AS reserved
FROM jsonb_to_recordset($1) AS x(ord int, account_id text, counter text, start_ms float8)
JOIN quota_leases l ON l.account_id = x.account_id AND l.counter = x.counter
  AND l.window_start = to_timestamp(x.start_ms / 1000.0)
GROUP BY x.ord`

interface GrantRow {
  ord: number
  given: string
  kept_spare: boolean
  others: string
  used: string
  spare_elsewhere: string
  recalled: boolean
}

/** Leases as rows, by the database's clock; one statement however many counters. */
export function createPostgresAuthority(
  db: Pick<Database, 'pool'>,
  { leaseForMs }: { leaseForMs: number },
): QuotaAuthority {
  return {
    leaseForMs,
    async sync(holder, entries) {
      const { rows } = await db.pool.query<GrantRow>(syncStatement, [holder, leaseForMs, toJson(entries)])
      const replies = entries.map((): LeaseGrant | null => null)
      for (const row of rows) replies[row.ord] = toGrant(row)
      return replies
    },
    async read(counters) {
      const asked = JSON.stringify(counters.map((counter, ord) => ({ ord, ...idColumns(counter) })))
      const { rows } = await db.pool.query<{ ord: number; used: string; reserved: string }>(readStatement, [
        asked,
      ])
      const totals = counters.map((): CounterTotals | null => null)
      for (const { ord, used, reserved } of rows)
        totals[ord] = { used: BigInt(used), reserved: BigInt(reserved) }
      return totals
    },
    async purge(nowMs) {
      const before = new Date(nowMs - keepForMs).toISOString()
      await db.pool.query(
        `WITH ended AS (DELETE FROM quota_counters WHERE window_end < $1::timestamptz
           RETURNING account_id, counter, window_start)
         DELETE FROM quota_leases l USING ended e WHERE l.account_id = e.account_id
           AND l.counter = e.counter AND l.window_start = e.window_start`,
        [before],
      )
      await db.pool.query('DELETE FROM quota_leases WHERE used = 0 AND expires_at < $1::timestamptz', [
        before,
      ])
    },
  }
}

function idColumns({ accountId, counter, windowStartMs, windowEndMs }: CounterId) {
  return { account_id: accountId, counter, start_ms: windowStartMs, end_ms: windowEndMs }
}

function toJson(entries: readonly LeaseEntry[]): string {
  return JSON.stringify(
    entries.map((entry, ord) => ({
      ord,
      ...idColumns(entry),
      max: entry.limit?.toString() ?? null,
      used: entry.used.toString(),
      reserved: entry.reserved.toString(),
      spare: entry.spare.toString(),
      need: entry.need.toString(),
      least: entry.least.toString(),
      wish: entry.wish.toString(),
      seed: entry.seed?.toString() ?? null,
    })),
  )
}

function toGrant(row: GrantRow): LeaseGrant {
  return {
    given: BigInt(row.given),
    keptSpare: row.kept_spare,
    others: BigInt(row.others),
    used: BigInt(row.used),
    spareElsewhere: BigInt(row.spare_elsewhere),
    recalled: row.recalled,
  }
}
