import { sql } from 'drizzle-orm'
import type { DualBackfillBody, DualReconciliationBody, DualSwitchBody } from '#lib/contracts/migration'
import type { Actor } from '#server/access/principal'
import type { Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'
import { everyAccount, setDualSwitch } from '#server/migration/dual-switches'
import { requirePair } from '#server/migration/dual-write-pairs'

type Parts = Pick<Container, 'db' | 'audit' | 'clock' | 'events' | 'migration'>

/** What an operator wants of a dual-write. */
export interface DualWriteOrder<Body> {
  body: Body
  actor: Actor
  requestId: string
}

/** Turns the dual-write of an account, or of every account, on or off. @throws AppError `not_found` for an unknown stream. */
export async function switchDualWrite(parts: Parts, order: DualWriteOrder<DualSwitchBody>): Promise<void> {
  const { stream, accountId, enabled, reason } = order.body
  requirePair(parts.migration.pairs, stream)
  await parts.db.orm.transaction((tx) =>
    setDualSwitch(
      { tx, record: parts.audit.record },
      {
        ...{ stream, accountId, enabled, reason },
        actorId: order.actor.id,
        nowMs: parts.clock.nowMs(),
        correlationId: order.requestId,
      },
    ),
  )
  wake(parts)
}

/**
 * Starts the copy of what was there before, goes on with it, or pauses it.
 * @throws AppError `not_found` for an unknown stream, `conflict` while the dual-write is off, when the copy has ended, or
 * when it runs already, or does not run.
 */
export async function operateBackfill(parts: Parts, order: DualWriteOrder<DualBackfillBody>): Promise<void> {
  const { stream, accountId, command } = order.body
  await changeSwitch(parts, order, {
    action: command === 'start' ? 'dual_write.start_copy' : 'dual_write.pause_copy',
    async change(tx, { state, ended }) {
      if (ended) return 'the copy has ended; turn the dual-write off and on to copy everything again'
      if (command === 'start' && state === 'running') return 'the copy runs already'
      if (command === 'pause' && state !== 'running') return 'the copy does not run'
      const next = command === 'start' ? 'running' : 'paused'
      await tx.execute(
        sql`UPDATE dual_switches SET backfill_state = ${next} WHERE stream = ${stream} AND account_id = ${accountId}`,
      )
      return null
    },
  })
}

/**
 * Has all records compared, and repaired if that is wanted, beginning at once.
 * @throws AppError `not_found` for an unknown stream, `conflict` while the dual-write is off or the copy has not ended.
 */
export async function startReconciliation(
  parts: Parts,
  order: DualWriteOrder<DualReconciliationBody>,
): Promise<void> {
  const { stream, accountId, repair } = order.body
  const at = new Date(parts.clock.nowMs()).toISOString()
  await changeSwitch(parts, order, {
    action: repair ? 'dual_write.repair' : 'dual_write.compare',
    async change(tx, { ended }) {
      if (!ended) return 'the copy has not ended; what it has not come to yet would all differ'
      await tx.execute(
        sql`UPDATE dual_switches SET reconcile_due_at = ${at}, reconcile_account = NULL, reconcile_repairs = ${repair}
            WHERE stream = ${stream} AND account_id = ${accountId}`,
      )
      return null
    },
  })
}

interface SwitchChange {
  action: 'dual_write.start_copy' | 'dual_write.pause_copy' | 'dual_write.compare' | 'dual_write.repair'
  /** Does it, or says why it cannot be done. */
  change(tx: Transaction, present: { state: string; ended: boolean }): Promise<string | null>
}

async function changeSwitch(
  parts: Parts,
  { body, actor, requestId }: DualWriteOrder<{ stream: string; accountId: string; reason: string }>,
  { action, change }: SwitchChange,
): Promise<void> {
  const { stream, accountId, reason } = body
  requirePair(parts.migration.pairs, stream)
  await parts.db.orm.transaction(async (tx) => {
    const { rows } = await tx.execute<{ state: string; ended: boolean }>(
      sql`SELECT backfill_state AS state, backfilled_at IS NOT NULL AS ended FROM dual_switches
          WHERE stream = ${stream} AND account_id = ${accountId} AND enabled FOR UPDATE`,
    )
    const problem = rows[0]
      ? await change(tx, rows[0])
      : `the dual-write is off for ${accountId === everyAccount ? 'every account' : accountId}; turn it on first`
    if (problem)
      throw new AppError('conflict', {
        message: `${stream}: ${problem}. Nothing was changed.`,
        param: 'stream',
      })
    await parts.audit.record(tx, {
      action,
      actorId: actor.id,
      resource: `dual_switch/${stream}`,
      ...(accountId === everyAccount ? {} : { accountId }),
      reason,
      correlationId: requestId,
    })
  })
  wake(parts)
}

function wake({ events, migration }: Parts): void {
  migration.work.keeping.wake()
  events.publish('configuration')
}
