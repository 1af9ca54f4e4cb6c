import { eq } from 'drizzle-orm'
import {
  type ConcludeExperimentBody,
  type ExperimentReadingView,
  experimentReading,
  type MoveExperimentBody,
} from '#lib/contracts/experiments'
import { type ExperimentCommand, experimentTransitions } from '#lib/experiments/experiment-state'
import { experimentEvents, experiments } from '#schema/experiments'
import type { Transaction } from '#server/config/configuration-version'
import {
  addExperimentEvent,
  changedSince,
  commitExperimentChange,
  type ExperimentParts,
  updateExperiment,
} from '#server/experiments/commit-experiment-change'
import { type ExperimentOrder, requireSoundPlan } from '#server/experiments/create-experiment'
import { type ExperimentRecord, requireExperiment } from '#server/experiments/experiment-rows'
import { reportRunning } from '#server/experiments/report-record'
import { AppError } from '#server/http/app-error'

type Body = MoveExperimentBody & Partial<Pick<ConcludeExperimentBody, 'variant'>>

/**
 * Starts, stops, concludes or discards an experiment. What it said when it ended stays with its history.
 * @throws AppError `not_found`; `conflict` when somebody changed it since, or its phase does not allow it; `invalid_request`
 * when it cannot start beside those that run, or has no such variant.
 */
export async function moveExperiment(
  parts: ExperimentParts,
  { id, command, actor, body, requestId }: ExperimentOrder<Body> & { id: string; command: ExperimentCommand },
): Promise<void> {
  // Read before the transaction: an embedded database has one session, which the transaction holds.
  const reading = command === 'stop' || command === 'conclude' ? await finalReading(parts, id) : null
  await commitExperimentChange(parts, async (tx) => {
    const present = await requireExperiment(tx, id)
    const next = experimentTransitions[present.phase][command]
    if (present.version !== body.version) throw changedSince(id)
    if (next === undefined)
      throw new AppError('conflict', {
        message: `An experiment that is ${present.phase} cannot be ${pastWords[command]}.`,
      })
    await moves[command](parts, tx, { present, body, reading, actorId: actor.id })
    return {
      action: `experiment.${command}`,
      actorId: actor.id,
      resource: `experiment/${id}`,
      before: { phase: present.phase },
      after: next === null ? null : { phase: next, decision: body.variant ?? null },
      reason: body.reason,
      correlationId: requestId,
    }
  })
}

const pastWords = { start: 'started', stop: 'stopped', conclude: 'concluded', discard: 'discarded' } as const

type Move = (
  parts: ExperimentParts,
  tx: Transaction,
  given: {
    present: ExperimentRecord
    body: Body
    reading: ExperimentReadingView | null
    actorId: string
  },
) => Promise<void>

const moves: Readonly<Record<ExperimentCommand, Move>> = {
  async start(parts, tx, { present, body, actorId }) {
    await requireSoundPlan(parts, tx, present)
    await updateExperiment(tx, present, { phase: 'running', startedAt: new Date(parts.clock.nowMs()) })
    const event = { kind: 'started', reason: body.reason, actorId } as const
    await addExperimentEvent(parts, tx, { experimentId: present.id, event })
  },
  async stop(parts, tx, { present, body, reading, actorId }) {
    await updateExperiment(tx, present, { phase: 'stopped', endedAt: new Date(parts.clock.nowMs()) })
    const event = { kind: 'stopped', reason: body.reason, reading, actorId } as const
    await addExperimentEvent(parts, tx, { experimentId: present.id, event })
  },
  async conclude(parts, tx, { present, body, reading, actorId }) {
    const variant = body.variant ?? null
    if (variant !== null && !present.plan.variants.some(({ name }) => name === variant))
      throw new AppError('invalid_request', {
        message: `Experiment ${present.id} has no variant "${variant}".`,
        param: 'variant',
      })
    const endedAt = new Date(present.endedAtMs ?? parts.clock.nowMs())
    await updateExperiment(tx, present, { phase: 'concluded', endedAt, decision: variant })
    const event = { kind: 'concluded', variant, reason: body.reason, reading, actorId } as const
    await addExperimentEvent(parts, tx, { experimentId: present.id, event })
  },
  async discard(_parts, tx, { present }) {
    await tx.delete(experimentEvents).where(eq(experimentEvents.experimentId, present.id))
    await tx.delete(experiments).where(eq(experiments.id, present.id))
  },
}

/** Null for one that does not run: its reading is in its history already, or there is none. */
async function finalReading(
  { db, clock, experiments: { counts } }: ExperimentParts,
  id: string,
): Promise<ExperimentReadingView | null> {
  await counts.flush()
  const present = await requireExperiment(db.orm, id)
  if (present.phase !== 'running') return null
  return experimentReading.parse(await reportRunning(db, present, clock.nowMs()))
}
