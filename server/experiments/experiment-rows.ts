import { eq } from 'drizzle-orm'
import { type ExperimentPlan, experimentPlan } from '#lib/experiments/experiment-plan'
import { type CountedEvidence, noCountedEvidence } from '#lib/experiments/experiment-samples'
import type { ExperimentPhase } from '#lib/experiments/experiment-state'
import { experiments } from '#schema/experiments'
import type { Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'

/** An experiment as it is stored. */
export interface ExperimentRecord {
  id: string
  plan: ExperimentPlan
  phase: ExperimentPhase
  version: number
  stopped: Readonly<Record<string, string>>
  counted: Readonly<Record<string, CountedEvidence>>
  countedThroughMs: number | null
  mismatchedSinceMs: number | null
  createdAtMs: number
  startedAtMs: number | null
  endedAtMs: number | null
  decision: string | null
  rolloutId: string | null
}

export function toExperiment(row: typeof experiments.$inferSelect): ExperimentRecord {
  return {
    id: row.id,
    plan: experimentPlan.parse(row.plan),
    phase: row.phase,
    version: row.version,
    stopped: row.stopped,
    counted: row.counted as Record<string, CountedEvidence>,
    countedThroughMs: row.countedThrough?.getTime() ?? null,
    mismatchedSinceMs: row.mismatchedSince?.getTime() ?? null,
    createdAtMs: row.createdAt.getTime(),
    startedAtMs: row.startedAt?.getTime() ?? null,
    endedAtMs: row.endedAt?.getTime() ?? null,
    decision: row.decision,
    rolloutId: row.rolloutId,
  }
}

/** The evidence of each treatment before anything was seen. */
export function nothingCounted({ variants }: ExperimentPlan): Record<string, CountedEvidence> {
  return Object.fromEntries(variants.slice(1).map(({ name }) => [name, noCountedEvidence]))
}

/** @throws AppError `not_found`. */
export async function requireExperiment(orm: Transaction, id: string): Promise<ExperimentRecord> {
  const [row] = await orm.select().from(experiments).where(eq(experiments.id, id))
  if (row) return toExperiment(row)
  throw new AppError('not_found', { message: `There is no experiment ${id.slice(0, 100)}.` })
}

export async function listRunning(orm: Transaction): Promise<ExperimentRecord[]> {
  const rows = await orm.select().from(experiments).where(eq(experiments.phase, 'running'))
  return rows.map(toExperiment)
}
