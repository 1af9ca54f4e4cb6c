import type { RecordState } from '#lib/migration/versioned-record'
import { everyAccount, type Statements } from '#server/migration/dual-switches'

export interface RecordChange {
  accountId: string
  stream: string
  /** The primary's name among the stores of `dual_records`. */
  store: string
  id: string
  state: RecordState
  /** Canonical JSON; null with a tombstone. */
  body: string | null
  nowMs: number
}

const writeStatement = `
WITH written AS (
  INSERT INTO dual_records AS present (account_id, store, id, version, state, body) VALUES ($1, $3, $4, 1, $5, $6)
  ON CONFLICT (account_id, store, id) DO UPDATE
  SET version = present.version + 1, state = excluded.state, body = excluded.body
  WHERE present.state <> 'erased'
  RETURNING version, state, body
), queued AS (
  INSERT INTO dual_outbox (account_id, stream, record_id, version, state, body, enqueued_at, due_at)
  SELECT $1, $2, $4, version, state, body, $7, $7 FROM written
  WHERE (
    SELECT enabled FROM dual_switches WHERE stream = $2 AND account_id IN ($1, $8)
    ORDER BY account_id = $8 LIMIT 1)
)
SELECT version::text FROM written`

/**
 * Writes to the primary store and, where the account's dual-write is on, to the outbox, inside the caller's transaction:
 * both are there or neither is. The new version; null when the record is erased, which no write undoes.
 */
export async function writeRecord(tx: Statements, change: RecordChange): Promise<bigint | null> {
  const { accountId, stream, store, id, state, body, nowMs } = change
  await tx.query('SELECT 1 FROM dual_switches WHERE stream = $1 AND account_id = $2 FOR SHARE', [
    stream,
    everyAccount,
  ])
  const at = new Date(nowMs)
  const { rows } = await tx.query<{ version: string }>(writeStatement, [
    accountId,
    stream,
    store,
    id,
    state,
    state === 'live' ? body : null,
    at,
    everyAccount,
  ])
  return rows[0] ? BigInt(rows[0].version) : null
}
