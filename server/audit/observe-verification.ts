import { desc, inArray } from 'drizzle-orm'
import type { Observation } from '#lib/alerts/observation'
import { auditVerifications } from '#schema/audit'
import type { Database } from '#server/db/database'

/** `audit.verification_failed`: 1 while the last verification that came to an end found the log changed. */
export function observeVerification(db: Pick<Database, 'orm'>) {
  return async (): Promise<readonly Observation[]> => {
    const [last] = await db.orm
      .select()
      .from(auditVerifications)
      .where(inArray(auditVerifications.state, ['ok', 'failed']))
      .orderBy(desc(auditVerifications.startedAt))
      .limit(1)
    if (last?.state !== 'failed') return []
    const detail = `good up to entry ${last.toSequence}; ${last.problem ?? 'the problem was not noted'}`
    return [
      { metric: 'audit.verification_failed', labels: {}, value: 1, unit: 'state', requestIds: [], detail },
    ]
  }
}
