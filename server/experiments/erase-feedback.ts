import { inArray } from 'drizzle-orm'
import { feedback } from '#schema/experiments'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import type { Database } from '#server/db/database'

/**
 * Deletes what a fan said, or what was said of a creator's answers; returns how many rows that were. Sums of experiments
 * stay: they hold nobody.
 */
export async function eraseFeedback(
  { db, pseudonyms }: { db: Pick<Database, 'orm'>; pseudonyms: Pseudonyms },
  { kind, id }: { kind: 'creator' | 'fan'; id: string },
): Promise<number> {
  const column = kind === 'fan' ? feedback.rater : feedback.creator
  const erased = await db.orm
    .delete(feedback)
    .where(inArray(column, [...pseudonyms.lookups({ kind, id })]))
    .returning({ requestId: feedback.requestId })
  return erased.length
}
