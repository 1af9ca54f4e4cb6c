import { sql } from 'drizzle-orm'
import { readPurge } from '#server/audit/purge-store'
import type { RecordAudit } from '#server/audit/record-audit'
import type { Database } from '#server/db/database'
import { listPartitions, partitionMonth } from '#server/db/partitions'

/** Days that entries are kept; a trigger of the database holds it too. */
export const auditRetentionDays = 90
const dayMs = 86_400_000
const positionsPerDelete = 5_000

interface PurgeParts {
  db: Database
  record: RecordAudit
  nowMs: () => number
}

/**
 * Deletes whole days past their retention, up to the last checkpoint behind which no legal hold reaches; a purge that
 * was broken off goes on. Idempotent. Returns the sequence up to which entries are gone.
 */
export async function purgeLog({ db, record, nowMs }: PurgeParts): Promise<number> {
  const lastDay = new Date(nowMs() - (auditRetentionDays + 1) * dayMs).toISOString().slice(0, 10)
  const due = await readDue(db, lastDay)
  if (due)
    await db.orm.transaction(async (tx) => {
      await tx.execute(
        sql`INSERT INTO audit_purges (sequence, position, purged_at)
            VALUES (${due.sequence}, 0, ${new Date(nowMs()).toISOString()}::timestamptz)`,
      )
      await record(tx, {
        action: 'audit.purge',
        actorId: null,
        resource: `audit_checkpoint/${due.sequence}`,
        after: due,
        reason: `kept for ${auditRetentionDays} days`,
        correlationId: `purge_${due.sequence}`,
      })
    })
  const purged = await readPurge(db.pool)
  if (!purged) return 0
  await deleteUpTo(db, purged.position)
  await dropEmptyPartitions(db, nowMs() - (auditRetentionDays + 31) * dayMs)
  return purged.sequence
}

async function readDue(
  db: Pick<Database, 'pool'>,
  lastDay: string,
): Promise<{ sequence: number; day: string } | null> {
  const { rows } = await db.pool.query<{ sequence: string; day: string }>(
    `SELECT sequence, day::text FROM audit_checkpoints
     WHERE day <= $1::date AND sequence > (SELECT coalesce(max(sequence), 0) FROM audit_purges)
       AND NOT EXISTS (SELECT FROM audit_holds WHERE released_at IS NULL AND from_day <= day)
     ORDER BY sequence DESC LIMIT 1`,
    [lastDay],
  )
  return rows[0] ? { sequence: Number(rows[0].sequence), day: rows[0].day } : null
}

/** In small steps, so that nothing else waits for long. */
async function deleteUpTo(db: Pick<Database, 'pool'>, position: number): Promise<void> {
  for (;;) {
    const { rows } = await db.pool.query<{ first: string | null }>(
      'SELECT min(position) AS first FROM audit_entries WHERE position <= $1',
      [position],
    )
    const first = rows[0]?.first
    if (first === null || first === undefined) break
    const upTo = Math.min(position, Number(first) + positionsPerDelete)
    await db.pool.query('DELETE FROM audit_entries WHERE position <= $1', [upTo])
  }
  await db.pool.query('DELETE FROM audit_seals WHERE last_position <= $1', [position])
}

async function dropEmptyPartitions(db: Database, beforeMs: number): Promise<void> {
  for (const name of await listPartitions(db, 'audit_entries')) {
    const monthMs = partitionMonth(name)
    if (monthMs === null || monthMs > beforeMs) continue
    const { rows } = await db.pool.query(`SELECT FROM "${name}" LIMIT 1`)
    if (rows.length === 0) await db.pool.query(`DROP TABLE "${name}"`)
  }
}
