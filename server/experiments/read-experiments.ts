import { asc, desc, eq, sql } from 'drizzle-orm'
import type { ExperimentDetail, ExperimentSummary, ExperimentsView } from '#lib/contracts/experiments'
import { experimentEvents, experimentReadings, experiments, experimentUnits } from '#schema/experiments'
import type { ExperimentParts } from '#server/experiments/commit-experiment-change'
import { type ExperimentRecord, requireExperiment, toExperiment } from '#server/experiments/experiment-rows'
import { readReport } from '#server/experiments/report-record'

type Parts = Pick<ExperimentParts, 'db' | 'clock' | 'experiments'>

const phaseOrder = sql`CASE ${experiments.phase} WHEN 'running' THEN 0 WHEN 'draft' THEN 1 ELSE 2 END`
const mostListed = 200

/** Every experiment: those that run first, then drafts, then the newest. */
export async function readExperiments(parts: Parts): Promise<ExperimentsView> {
  await parts.experiments.counts.flush().catch(() => undefined)
  const rows = await parts.db.orm
    .select()
    .from(experiments)
    .orderBy(phaseOrder, desc(experiments.createdAt))
    .limit(mostListed)
  const exposures = await countExposures(parts)
  const summaries = rows.map((row) => {
    const experiment = toExperiment(row)
    return toSummary(parts, experiment, exposures.get(experiment.id) ?? 0)
  })
  return { experiments: await Promise.all(summaries) }
}

async function countExposures({ db }: Pick<Parts, 'db'>): Promise<ReadonlyMap<string, number>> {
  const rows = await db.orm
    .select({ id: experimentUnits.experimentId, units: sql<number>`count(*)::int` })
    .from(experimentUnits)
    .groupBy(experimentUnits.experimentId)
  return new Map(rows.map(({ id, units }) => [id, units]))
}

/** One experiment with its history and how its interval narrowed. @throws AppError `not_found`. */
export async function readExperiment(parts: Parts, id: string): Promise<ExperimentDetail> {
  await parts.experiments.counts.flush().catch(() => undefined)
  const experiment = await requireExperiment(parts.db.orm, id)
  const { orm } = parts.db
  const [counted] = await orm
    .select({ units: sql<number>`count(*)::int` })
    .from(experimentUnits)
    .where(eq(experimentUnits.experimentId, id))
  const events = await orm
    .select()
    .from(experimentEvents)
    .where(eq(experimentEvents.experimentId, id))
    .orderBy(desc(experimentEvents.at), desc(experimentEvents.id))
  const readings = await orm
    .select()
    .from(experimentReadings)
    .where(eq(experimentReadings.experimentId, id))
    .orderBy(asc(experimentReadings.at), asc(experimentReadings.variant))
  return {
    ...(await toSummary(parts, experiment, counted?.units ?? 0)),
    events: events.map(({ at, experimentId: _id, reading: _reading, ...event }) => ({
      ...event,
      at: at.toISOString(),
    })),
    readings: readings.map(({ at, experimentId: _id, ...reading }) => ({ ...reading, at: at.toISOString() })),
  }
}

async function toSummary(
  { db, clock }: Parts,
  experiment: ExperimentRecord,
  exposures: number,
): Promise<ExperimentSummary> {
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    id: experiment.id,
    name: experiment.plan.name,
    phase: experiment.phase,
    version: experiment.version,
    plan: experiment.plan,
    stopped: { ...experiment.stopped },
    createdAt: new Date(experiment.createdAtMs).toISOString(),
    startedAt: instant(experiment.startedAtMs),
    endedAt: instant(experiment.endedAtMs),
    decision: experiment.decision,
    rolloutId: experiment.rolloutId,
    exposures,
    reading: await readReport(db, experiment, clock.nowMs()),
  }
}
