import type { MismatchClass } from '#lib/migration/classify-mismatch'
import type { Database } from '#server/db/database'

export interface Finding {
  id: string
  class: MismatchClass
}

export interface Findings {
  db: Pick<Database, 'pool'>
  stream: string
  accountId: string
  foundBy: 'shadow_read' | 'reconciliation'
  /** They agree by now. */
  repaired: boolean
  nowMs: number
}

/** Keeps what was found, one row a record. */
export async function noteMismatches(found: readonly Finding[], context: Findings): Promise<void> {
  if (found.length === 0) return
  const { db, stream, accountId, foundBy, repaired, nowMs } = context
  const at = new Date(nowMs)
  await db.pool.query(
    `INSERT INTO dual_mismatches (account_id, stream, record_id, class, found_by, found_at, repaired_at)
     SELECT $1, $2, id, class, $5, $6, $7 FROM unnest($3::text[], $4::text[]) AS found(id, class)
     ON CONFLICT (account_id, stream, record_id) DO UPDATE SET
       class = excluded.class, found_by = excluded.found_by, found_at = excluded.found_at,
       repaired_at = excluded.repaired_at`,
    [
      accountId,
      stream,
      found.map(({ id }) => id),
      found.map((finding) => finding.class),
      foundBy,
      at,
      repaired ? at : null,
    ],
  )
}

/** Which of these records have changes that are still on their way: those are late, not wrong. */
export async function pendingRecords(
  db: Pick<Database, 'pool'>,
  { stream, accountId, ids }: { stream: string; accountId: string; ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  const { rows } = await db.pool.query<{ record_id: string }>(
    'SELECT DISTINCT record_id FROM dual_outbox WHERE account_id = $1 AND stream = $2 AND record_id = ANY($3)',
    [accountId, stream, ids],
  )
  return new Set(rows.map((row) => row.record_id))
}
