import { bucketOf } from '#lib/gateway/hash-unit'
import { classifyMismatch, type MismatchClass } from '#lib/migration/classify-mismatch'
import { noteMismatches, pendingRecords } from '#server/migration/note-mismatches'
import type { Reconciliation } from '#server/migration/reconcile-stores'

/**
 * Compares one record in both stores after a read that `sampleBps` (of 10,000) chose; the same read is chosen everywhere.
 * Null when it was not chosen, is on its way, or agrees. What differs is kept; repairing is the reconciliation's.
 */
export async function shadowRead(
  options: Reconciliation & { sampleBps: number },
  { recordId, readId, nowMs }: { recordId: string; readId: string; nowMs: number },
): Promise<MismatchClass | null> {
  const { db, stream, accountId, primary, secondary, sampleBps } = options
  if (bucketOf('shadow_read', readId) >= sampleBps) return null
  const look = async () => {
    const [their] = await secondary.read(accountId, [recordId])
    const [our] = await primary.read(accountId, [recordId])
    const mismatch = classifyMismatch(our ?? null, their ?? null)
    const late = mismatch ? await pendingRecords(db, { stream, accountId, ids: [recordId] }) : null
    return late?.size === 0 ? mismatch : null
  }
  // A change that was written and delivered between two reads looks like a difference once.
  const mismatch = (await look()) && (await look())
  if (!mismatch) return null
  await noteMismatches([{ id: recordId, class: mismatch }], {
    db,
    stream,
    accountId,
    foundBy: 'shadow_read',
    repaired: false,
    nowMs,
  })
  return mismatch
}
