import { and, eq } from 'drizzle-orm'
import type { AlertReport } from '#lib/contracts/alerts'
import { alertEvents, alerts } from '#schema/alerts'
import { newId } from '#server/access/new-id'
import type { AlertDeed, AlertParts } from '#server/alerts/alert-parts'
import { readAlert } from '#server/alerts/list-alerts'
import { AppError } from '#server/http/app-error'

/**
 * Somebody takes a firing alert: it tells nobody any more, and resolves by itself when it is well again.
 * @throws AppError `not_found`, `conflict` when it does not fire any more or somebody has it
 */
export async function acknowledgeAlert(
  parts: AlertParts,
  { id, actorId, reason, requestId }: AlertDeed & { id: string },
): Promise<AlertReport> {
  const now = new Date(parts.clock.nowMs())
  const taken = await parts.db.orm.transaction(async (tx) => {
    const [row] = await tx
      .update(alerts)
      .set({ state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: actorId, updatedAt: now })
      .where(and(eq(alerts.id, id), eq(alerts.state, 'firing')))
      .returning()
    if (!row) return false
    await tx.insert(alertEvents).values({
      id: newId('ale'),
      alertId: id,
      kind: 'acknowledged',
      at: now,
      value: row.value,
      actorId,
      note: parts.redactTwice(reason),
    })
    await parts.record(tx, {
      action: 'alert.acknowledge',
      actorId,
      resource: `alert/${id}`,
      before: { state: 'firing' },
      after: { state: 'acknowledged', rule: row.ruleId },
      reason,
      correlationId: requestId,
    })
    return true
  })
  if (!taken) throw await whyNot(parts, id)
  parts.events.publish('alert')
  return readAlert(parts.db, id, parts.clock.nowMs())
}

async function whyNot(parts: AlertParts, id: string): Promise<AppError> {
  const { alert } = await readAlert(parts.db, id, parts.clock.nowMs())
  const message =
    alert.state === 'resolved'
      ? 'The alert was resolved meanwhile.'
      : 'Somebody has acknowledged the alert already.'
  return new AppError('conflict', { message })
}
