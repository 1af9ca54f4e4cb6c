import { eq } from 'drizzle-orm'
import { reconciliationMeterDays, reconciliations } from '#schema/reconciliations'
import type { RecordAudit } from '#server/audit/record-audit'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

export interface Removal {
  id: string
  actorId: string
  reason: string
  requestId: string
}

/**
 * Removes a usage export with its days; the ledger is not touched. One that is still being read stops at its next chunk.
 * The same file can be imported again, which is the way back.
 * @throws AppError `not_found`.
 */
export async function removeReconciliation(
  { db, record }: { db: Pick<Database, 'orm'>; record: RecordAudit },
  { id, actorId, reason, requestId }: Removal,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const [row] = await tx.delete(reconciliations).where(eq(reconciliations.id, id)).returning()
    if (!row) throw new AppError('not_found', { message: `There is no reconciliation ${id.slice(0, 100)}.` })
    await tx.delete(reconciliationMeterDays).where(eq(reconciliationMeterDays.reconciliationId, id))
    const { fileName, fileHash, state, firstDay, lastDay, linesDone } = row
    await record(tx, {
      action: 'reconciliation.remove',
      actorId,
      resource: `reconciliation/${id}`,
      before: { fileName, fileHash, state, firstDay, lastDay, lines: linesDone },
      reason,
      correlationId: requestId,
    })
  })
}
