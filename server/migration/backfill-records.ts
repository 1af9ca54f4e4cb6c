import type { Database } from '#server/db/database'
import { everyAccount } from '#server/migration/dual-switches'
import type { RecordStore } from '#server/migration/record-store'

export interface Backfill {
  /** Of the primary store. */
  db: Pick<Database, 'pool'>
  stream: string
  /** Whose switch: an account's, or `everyAccount` for all that have none of their own. */
  accountId: string
  primary: RecordStore
  secondary: RecordStore
  /** Records of one step. */
  page: number
}

/** How far it has come. */
interface Place {
  backfill_account: string | null
  backfill_after: string | null
  backfilled_at: Date | null
}

/**
 * Copies the next page of records to the secondary and notes how far it came; true when the end is reached. The dual-write
 * must be on: what changes meanwhile comes through the outbox, and an older copy never takes the place of a newer one, so
 * the order of the two does not matter. A step that is done twice changes nothing.
 */
export async function backfillStep(backfill: Backfill, nowMs: number): Promise<boolean> {
  const { db, stream, accountId, primary, secondary, page } = backfill
  const { rows } = await db.pool.query<Place>(
    `SELECT backfill_account, backfill_after, backfilled_at FROM dual_switches
     WHERE stream = $1 AND account_id = $2 AND enabled`,
    [stream, accountId],
  )
  const [place] = rows
  if (!place)
    throw new Error(`The dual-write of ${stream} is off for account ${accountId}; turn it on first.`)
  if (place.backfilled_at) return true
  const isWalk = accountId === everyAccount
  const account = isWalk ? (place.backfill_account ?? (await nextFollower(backfill, null))) : accountId
  if (account === null) return advance(backfill, { place, account, after: null, copied: 0, endedMs: nowMs })
  const records = await primary.page(account, place.backfill_after, page)
  await secondary.take(
    account,
    records.map((record) => ({ ...record, sequence: null })),
  )
  const copied = records.length
  const more = copied === page
  const next = more ? account : isWalk ? await nextFollower(backfill, account) : null
  const after = more ? (records.at(-1)?.id ?? null) : null
  return advance(backfill, { place, account: next, after, copied, endedMs: next === null ? nowMs : null })
}

/** The next account with records that has no switch of its own. */
export async function nextFollower(
  { db, stream, primary }: Pick<Backfill, 'db' | 'stream' | 'primary'>,
  after: string | null,
): Promise<string | null> {
  for (let account = await primary.nextAccount(after); account !== null; ) {
    const own = await db.pool.query('SELECT 1 FROM dual_switches WHERE stream = $1 AND account_id = $2', [
      stream,
      account,
    ])
    if (own.rowCount === 0) return account
    account = await primary.nextAccount(account)
  }
  return null
}

interface Advance {
  place: Place
  account: string | null
  after: string | null
  copied: number
  /** Null = there is more. */
  endedMs: number | null
}

/** Unless another instance has advanced from the same place. The first comparison is due when the copy ends. */
async function advance({ db, stream, accountId }: Backfill, step: Advance): Promise<boolean> {
  const { place, account, after, copied, endedMs } = step
  await db.pool.query(
    `UPDATE dual_switches SET backfill_account = $3, backfill_after = $4, backfilled = backfilled + $5,
       backfilled_at = $6, reconcile_due_at = coalesce($6, reconcile_due_at),
       backfill_state = CASE WHEN $6::timestamptz IS NULL THEN backfill_state ELSE 'idle' END
     WHERE stream = $1 AND account_id = $2 AND enabled
       AND backfill_account IS NOT DISTINCT FROM $7 AND backfill_after IS NOT DISTINCT FROM $8`,
    [
      ...[stream, accountId, accountId === everyAccount ? account : null, after, copied],
      endedMs === null ? null : new Date(endedMs),
      ...[place.backfill_account, place.backfill_after],
    ],
  )
  return endedMs !== null
}
