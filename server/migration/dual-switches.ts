import { type SQL, sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import type { RecordAudit } from '#server/audit/record-audit'
import type { Transaction } from '#server/config/configuration-version'

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
 * sends the backfill back to the beginning, where it waits to be started; what was proven by comparing is forgotten.
 */
export async function setDualSwitch(
  { tx, record }: { tx: Transaction; record: RecordAudit },
  change: SwitchChange,
): Promise<void> {
  const { stream, accountId, enabled, actorId, nowMs } = change
  const changedAt = new Date(nowMs).toISOString()
  await tx.execute(sql`
    INSERT INTO dual_switches (account_id, stream, enabled, changed_at, changed_by)
    VALUES (${everyAccount}, ${stream}, false, ${changedAt}, ${actorId}) ON CONFLICT DO NOTHING`)
  await tx.execute(
    sql`SELECT 1 FROM dual_switches WHERE stream = ${stream} AND account_id = ${everyAccount} FOR UPDATE`,
  )
  const { rows } = await tx.execute<{ enabled: boolean }>(
    sql`SELECT enabled FROM dual_switches WHERE stream = ${stream} AND account_id = ${accountId}`,
  )
  const kept = (column: SQL, otherwise: SQL) =>
    sql`CASE WHEN present.enabled THEN ${column} ELSE ${otherwise} END`
  await tx.execute(sql`
    INSERT INTO dual_switches AS present (account_id, stream, enabled, changed_at, changed_by)
    VALUES (${accountId}, ${stream}, ${enabled}, ${changedAt}, ${actorId})
    ON CONFLICT (stream, account_id) DO UPDATE SET
      enabled = excluded.enabled, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
      backfill_state = ${kept(sql`present.backfill_state`, sql`'idle'`)},
      backfill_account = ${kept(sql`present.backfill_account`, sql`NULL`)},
      backfill_after = ${kept(sql`present.backfill_after`, sql`NULL`)},
      backfilled = ${kept(sql`present.backfilled`, sql`0`)},
      backfilled_at = ${kept(sql`present.backfilled_at`, sql`NULL`)},
      reconcile_due_at = ${kept(sql`present.reconcile_due_at`, sql`NULL`)},
      reconcile_account = ${kept(sql`present.reconcile_account`, sql`NULL`)},
      reconciled_at = ${kept(sql`present.reconciled_at`, sql`NULL`)}`)
  await record(tx, {
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
