import { drizzle } from 'drizzle-orm/node-postgres'
import type { PoolClient } from 'pg'
import type { RecordAudit } from '#server/audit/record-audit'

/** The switch of every account that has none of its own. */
export const everyAccount = '*'

export interface SwitchChange {
  stream: string
  /** `everyAccount` for those without one of their own. */
  accountId: string
  enabled: boolean
  actorId: string
  nowMs: number
  reason: string
  /** Id of the request by which it was asked for. */
  correlationId: string
}

/** Anything that runs statements of one transaction. */
export type Statements = Pick<PoolClient, 'query'>

/**
 * Turns the dual-write of an account on or off and records it, inside the transaction of the caller. Waits for writes under way and holds
 * up new ones until the commit: whoever wrote without the outbox is seen by a backfill that begins after it. Turning it on
 * sends the backfill back to the beginning.
 */
export async function setDualSwitch(
  { tx, record }: { tx: PoolClient; record: RecordAudit },
  change: SwitchChange,
): Promise<void> {
  const { stream, accountId, enabled, actorId, nowMs } = change
  const changedAt = new Date(nowMs)
  await tx.query(
    `INSERT INTO dual_switches (account_id, stream, enabled, changed_at, changed_by) VALUES ($1, $2, false, $3, $4)
     ON CONFLICT DO NOTHING`,
    [everyAccount, stream, changedAt, actorId],
  )
  await tx.query('SELECT 1 FROM dual_switches WHERE stream = $1 AND account_id = $2 FOR UPDATE', [
    stream,
    everyAccount,
  ])
  const { rows } = await tx.query<{ enabled: boolean }>(
    'SELECT enabled FROM dual_switches WHERE stream = $1 AND account_id = $2',
    [stream, accountId],
  )
  await tx.query(
    `INSERT INTO dual_switches AS present (account_id, stream, enabled, changed_at, changed_by)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (stream, account_id) DO UPDATE SET
       enabled = excluded.enabled, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
       backfill_after = CASE WHEN present.enabled THEN present.backfill_after END,
       backfilled = CASE WHEN present.enabled THEN present.backfilled ELSE 0 END,
       backfilled_at = CASE WHEN present.enabled THEN present.backfilled_at END`,
    [accountId, stream, enabled, changedAt, actorId],
  )
  await record(drizzle({ client: tx }), {
    action: 'dual_switch.set',
    actorId,
    resource: `dual_switch/${stream}`,
    ...(accountId === everyAccount ? {} : { accountId }),
    before: { enabled: rows[0]?.enabled ?? null },
    after: { enabled },
    reason: change.reason,
    correlationId: change.correlationId,
  })
}
