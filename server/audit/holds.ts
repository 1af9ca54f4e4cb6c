import { desc, eq } from 'drizzle-orm'
import type { AuditHoldView } from '#lib/contracts/audit'
import { auditHolds } from '#schema/audit'
import { newId } from '#server/access/new-id'
import type { RecordAudit } from '#server/audit/record-audit'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

interface Parts {
  db: Pick<Database, 'orm'>
  record: RecordAudit
  nowMs: () => number
}

/** Who asks for a change, and why. */
export interface AuditOrder {
  actorId: string
  reason: string
  correlationId: string
}

/** Legal holds, newest first. */
export async function listHolds(db: Pick<Database, 'orm'>): Promise<AuditHoldView[]> {
  const rows = await db.orm.select().from(auditHolds).orderBy(desc(auditHolds.createdAt)).limit(100)
  return rows.map(toView)
}

/** From now on nothing of that UTC day and later is purged. */
export async function placeHold(
  { db, record, nowMs }: Parts,
  { fromDay, ...order }: AuditOrder & { fromDay: string },
): Promise<AuditHoldView> {
  return db.orm.transaction(async (tx) => {
    const [row] = await tx
      .insert(auditHolds)
      .values({
        id: newId('hld'),
        fromDay,
        reason: order.reason,
        createdAt: new Date(nowMs()),
        createdBy: order.actorId,
      })
      .returning()
    if (!row) throw new Error('the hold was not inserted')
    await record(tx, { action: 'audit.hold', resource: `audit_hold/${row.id}`, after: { fromDay }, ...order })
    return toView(row)
  })
}

/** @throws AppError `not_found`, `conflict` when it is released already. */
export async function releaseHold(
  { db, record, nowMs }: Parts,
  { id, ...order }: AuditOrder & { id: string },
): Promise<AuditHoldView> {
  return db.orm.transaction(async (tx) => {
    const [held] = await tx.select().from(auditHolds).where(eq(auditHolds.id, id)).for('update')
    if (!held) throw new AppError('not_found', { message: 'No legal hold has this id.' })
    if (held.releasedAt) throw new AppError('conflict', { message: 'This legal hold is released already.' })
    const [row] = await tx
      .update(auditHolds)
      .set({ releasedAt: new Date(nowMs()), releasedBy: order.actorId, releaseReason: order.reason })
      .where(eq(auditHolds.id, id))
      .returning()
    if (!row) throw new Error('the hold was not updated')
    await record(tx, {
      action: 'audit.release_hold',
      resource: `audit_hold/${id}`,
      before: { fromDay: held.fromDay },
      ...order,
    })
    return toView(row)
  })
}

function toView(row: typeof auditHolds.$inferSelect): AuditHoldView {
  return { ...row, createdAt: row.createdAt.toISOString(), releasedAt: row.releasedAt?.toISOString() ?? null }
}
