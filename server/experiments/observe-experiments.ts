import type { Observation } from '#lib/alerts/observation'
import type { Database } from '#server/db/database'

const dayMs = 86_400_000

/**
 * Variants that a guardrail stopped within a day and nobody has concluded about (`experiment.guardrail_stopped`), and running
 * experiments whose units are not split as intended (`experiment.sample_mismatch`).
 */
export function observeExperiments(
  db: Pick<Database, 'pool'>,
): (nowMs: number) => Promise<readonly Observation[]> {
  return async (nowMs) => {
    const stopped = await db.pool.query<{ id: string; variant: string; reason: string }>(
      `SELECT experiments.id, variant, reason FROM experiment_events
       JOIN experiments ON experiments.id = experiment_id
       WHERE kind = 'variant_stopped' AND phase <> 'concluded' AND at >= $1::timestamptz`,
      [new Date(nowMs - dayMs).toISOString()],
    )
    const mismatched = await db.pool.query<{ id: string }>(
      `SELECT id FROM experiments WHERE phase = 'running' AND mismatched_since IS NOT NULL`,
    )
    return [
      ...stopped.rows.map(({ id, variant, reason }) => ({
        metric: 'experiment.guardrail_stopped',
        labels: { experiment: id, variant },
        value: 1,
        unit: 'variants',
        requestIds: [],
        detail: reason,
      })),
      ...mismatched.rows.map(({ id }) => ({
        metric: 'experiment.sample_mismatch',
        labels: { experiment: id },
        value: 1,
        unit: 'mismatches',
        requestIds: [],
      })),
    ]
  }
}
