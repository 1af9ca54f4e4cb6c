import type { Observation } from '#lib/alerts/observation'
import { describeProblem } from '#lib/audit/chain-problem'
import { parseProblem } from '#server/audit/verifications'
import { readUnsealed } from '#server/audit/verify-log'
import type { Database } from '#server/db/database'

/**
 * `audit.verification_failed`: 1 while the last verification that came to an end failed, with where and why.
 * `audit.unsealed_seconds`: age of the oldest entry that waits for its seal.
 */
export function observeAudit(db: Pick<Database, 'pool'>): (nowMs: number) => Promise<readonly Observation[]> {
  return async (nowMs) => {
    const { rows } = await db.pool.query<{ state: string; problem: string | null }>(
      `SELECT state, problem FROM audit_verifications WHERE state IN ('ok', 'failed')
       ORDER BY started_at DESC LIMIT 1`,
    )
    const [latest] = rows
    const found: Observation[] = []
    if (latest?.state === 'failed') {
      const problem = parseProblem(latest.problem)
      found.push({
        ...observation('audit.verification_failed', 1, 'state'),
        ...(problem ? { detail: describeProblem(problem) } : {}),
      })
    }
    const { oldestAtMs } = await readUnsealed(db)
    if (oldestAtMs !== null)
      found.push(observation('audit.unsealed_seconds', Math.max(0, (nowMs - oldestAtMs) / 1000), 's'))
    return found
  }
}

function observation(metric: string, value: number, unit: string): Observation {
  return { metric, labels: {}, value, unit, requestIds: [] }
}
