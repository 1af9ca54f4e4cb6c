import type { RecordState } from '#lib/migration/versioned-record'
import type { Database } from '#server/db/database'
import type { Delivery, RecordStore } from '#server/migration/record-store'

export interface OutboxRelay {
  /** Of the primary store, where the outbox is. */
  db: Pick<Database, 'pool'>
  stream: string
  secondary: RecordStore
  /** Longer than a delivery takes: one whose instance died is begun again after it. */
  leaseMs: number
  /** Rows of one round. */
  batch: number
}

export interface RelayRound {
  delivered: number
  failed: number
}

interface Claimed {
  account_id: string
  sequence: string
  record_id: string
  version: string
  state: RecordState
  body: string | null
  attempts: number
}

const claimStatement = `
UPDATE dual_outbox SET attempts = attempts + 1, due_at = $2
WHERE (account_id, sequence) IN (
  SELECT account_id, sequence FROM dual_outbox WHERE stream = $1 AND due_at <= $3
  ORDER BY due_at, sequence LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING account_id, sequence::text, record_id, version::text, state, body, attempts`

/**
 * One round: claims what is due, delivers it, and forgets what the secondary has taken. It may end anywhere between: what
 * was claimed comes again after its lease, and what was delivered twice is taken once. Never throws for a secondary that
 * fails; its words stay with the rows, and they wait longer each time.
 */
export async function relayOutbox(relay: OutboxRelay, nowMs: number): Promise<RelayRound> {
  const { db, stream, secondary, leaseMs, batch } = relay
  const until = new Date(nowMs + leaseMs)
  const { rows } = await db.pool.query<Claimed>(claimStatement, [stream, until, new Date(nowMs), batch])
  const round: RelayRound = { delivered: 0, failed: 0 }
  for (const [accountId, ofAccount] of Map.groupBy(rows, (row) => row.account_id)) {
    try {
      await secondary.take(accountId, ofAccount.map(toDelivery))
    } catch (error) {
      await putOff(relay, { rows: ofAccount, error, nowMs })
      round.failed += ofAccount.length
      continue
    }
    await db.pool.query('DELETE FROM dual_outbox WHERE account_id = $1 AND sequence = ANY($2::bigint[])', [
      accountId,
      ofAccount.map(({ sequence }) => sequence),
    ])
    round.delivered += ofAccount.length
  }
  return round
}

function toDelivery({ sequence, record_id, version, state, body }: Claimed): Delivery {
  return { sequence: BigInt(sequence), id: record_id, version: BigInt(version), state, body }
}

const firstPauseMs = 500
const longestPauseMs = 60_000

async function putOff(
  { db }: OutboxRelay,
  { rows, error, nowMs }: { rows: readonly Claimed[]; error: unknown; nowMs: number },
): Promise<void> {
  const attempts = Math.max(...rows.map((row) => row.attempts))
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10))
  const message = error instanceof Error ? error.name : 'unknown failure'
  await db.pool.query(
    `UPDATE dual_outbox SET due_at = $3, last_error = $4 WHERE account_id = $1 AND sequence = ANY($2::bigint[])`,
    [rows[0]?.account_id, rows.map(({ sequence }) => sequence), new Date(nowMs + pauseMs), message],
  )
}
