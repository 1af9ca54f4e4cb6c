import { and, desc, eq, isNotNull } from 'drizzle-orm'
import { type ExperimentReadingView, experimentReading } from '#lib/contracts/experiments'
import { type ExperimentReport, reportExperiment } from '#lib/experiments/report-experiment'
import { experimentEvents } from '#schema/experiments'
import type { Database } from '#server/db/database'
import type { ExperimentRecord } from '#server/experiments/experiment-rows'
import { readSamples } from '#server/experiments/read-samples'

/** What a running experiment says now. */
export async function reportRunning(
  db: Pick<Database, 'pool'>,
  experiment: ExperimentRecord,
  nowMs: number,
): Promise<ExperimentReport> {
  return reportExperiment({
    plan: experiment.plan,
    samples: await readSamples(db, experiment.id),
    counted: experiment.counted,
    stopped: new Set(Object.keys(experiment.stopped)),
    ranForMs: Math.max(0, nowMs - (experiment.startedAtMs ?? nowMs)),
  })
}

/** What an experiment says: now while it runs, what it said at its end afterwards, null before its start. */
export async function readReport(
  db: Pick<Database, 'pool' | 'orm'>,
  experiment: ExperimentRecord,
  nowMs: number,
): Promise<ExperimentReadingView | null> {
  if (experiment.phase === 'draft') return null
  if (experiment.phase === 'running')
    return experimentReading.parse(await reportRunning(db, experiment, nowMs))
  const [last] = await db.orm
    .select({ reading: experimentEvents.reading })
    .from(experimentEvents)
    .where(and(eq(experimentEvents.experimentId, experiment.id), isNotNull(experimentEvents.reading)))
    .orderBy(desc(experimentEvents.at), desc(experimentEvents.id))
    .limit(1)
  const parsed = experimentReading.safeParse(last?.reading)
  return parsed.success ? parsed.data : null
}
