import type { Database } from '#server/db/database'

/** Attempts that failed, by deployment and step; cancelled ones are none. */
export type FailedAttempts = ReadonlyMap<string, readonly number[]>

/** Counts failed attempts of a span in steps of equal length, which the roll-ups by request cannot say. */
export async function readFailedAttempts(
  db: Pick<Database, 'pool'>,
  span: { fromMs: number; toMs: number; stepMs: number; steps: number },
): Promise<FailedAttempts> {
  const { rows } = await db.pool.query<{ deploymentId: string; step: number; failed: number }>(
    `SELECT deployment_id AS "deploymentId",
       floor(extract(epoch FROM started_at - $1::timestamptz) * 1000 / $3::float8)::int AS step,
       count(*)::int AS failed
     FROM attempts
     WHERE started_at >= $1::timestamptz AND started_at < $2::timestamptz AND outcome IN ('error', 'cut')
       AND outcome <> 'success'
     GROUP BY 1, 2`,
    [new Date(span.fromMs).toISOString(), new Date(span.toMs).toISOString(), span.stepMs],
  )
  const counts = new Map<string, number[]>()
  for (const { deploymentId, step, failed } of rows) {
    const steps = counts.get(deploymentId) ?? new Array<number>(span.steps).fill(0)
    counts.set(deploymentId, steps)
    if (step >= 0 && step < span.steps) steps[step] = failed
  }
  return counts
}
