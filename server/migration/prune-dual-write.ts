import type { Database } from '#server/db/database'

const dayMs = 86_400_000
/** A delivery that was broken off comes again within minutes; versions keep one that comes later from doing harm. */
const inboxDays = 7
/** Differences that were repaired, and comparisons. */
const historyDays = 90

/**
 * Forgets deliveries that were taken long ago, and what was found and repaired long ago. Tombstones stay for good: they
 * hold no content, and without them what was erased could return from the other store.
 */
export async function pruneDualWrite({ pool }: Pick<Database, 'pool'>, nowMs: number): Promise<void> {
  const before = (days: number) => [new Date(nowMs - days * dayMs)]
  await pool.query('DELETE FROM dual_inbox WHERE taken_at < $1', before(inboxDays))
  await pool.query('DELETE FROM dual_mismatches WHERE repaired_at < $1', before(historyDays))
  await pool.query('DELETE FROM dual_reconciliations WHERE started_at < $1', before(historyDays))
}
