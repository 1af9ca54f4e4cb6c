import type { Database } from '#server/db/database'
import type { RecordStore } from '#server/migration/record-store'

export interface Backfill {
  /** Of the primary store. */
  db: Pick<Database, 'pool'>
  stream: string
  accountId: string
  primary: RecordStore
  secondary: RecordStore
  /** Records of one step. */
  page: number
}

/**
 * Copies the next page of an account's records to the secondary and notes how far it came; true when the end is reached.
 * The account's dual-write must be on: what changes meanwhile comes through the outbox, and an older copy never takes the
 * place of a newer one, so the order of the two does not matter. A step that is done twice changes nothing.
 */
export async function backfillStep(backfill: Backfill, nowMs: number): Promise<boolean> {
  const { db, stream, accountId, primary, secondary, page } = backfill
  const { rows } = await db.pool.query<{ backfill_after: string | null; backfilled_at: Date | null }>(
    'SELECT backfill_after, backfilled_at FROM dual_switches WHERE stream = $1 AND account_id = $2 AND enabled',
    [stream, accountId],
  )
  const [progress] = rows
  if (!progress)
    throw new Error(`The dual-write of ${stream} is off for account ${accountId}; turn it on first.`)
  if (progress.backfilled_at) return true
  const records = await primary.page(accountId, progress.backfill_after, page)
  await secondary.take(
    accountId,
    records.map((record) => ({ ...record, sequence: null })),
  )
  const ended = records.length < page
  await db.pool.query(
    `UPDATE dual_switches SET backfill_after = coalesce($3, backfill_after), backfilled = backfilled + $4,
       backfilled_at = $5
     WHERE stream = $1 AND account_id = $2 AND backfill_after IS NOT DISTINCT FROM $6`,
    [
      stream,
      accountId,
      records.at(-1)?.id ?? null,
      records.length,
      ended ? new Date(nowMs) : null,
      progress.backfill_after,
    ],
  )
  return ended
}
