import type { CreateExperimentBody } from '#lib/contracts/experiments'
import { type KnownExperiment, planProblems } from '#lib/experiments/plan-problems'
import { experiments } from '#schema/experiments'
import { newId } from '#server/access/new-id'
import type { Actor } from '#server/access/principal'
import type { Transaction } from '#server/config/configuration-version'
import {
  addExperimentEvent,
  commitExperimentChange,
  type ExperimentParts,
} from '#server/experiments/commit-experiment-change'
import { listRunning, nothingCounted } from '#server/experiments/experiment-rows'
import { AppError } from '#server/http/app-error'

/** Who asks, and for what. */
export interface ExperimentOrder<Body> {
  actor: Actor
  body: Body
  requestId: string
}

/**
 * Makes an experiment, as a draft or running at once.
 * @throws AppError `invalid_request` naming every field that is wrong, also what overlaps with experiments that run.
 */
export async function createExperiment(
  parts: ExperimentParts,
  { actor, body, requestId }: ExperimentOrder<CreateExperimentBody>,
): Promise<{ id: string }> {
  const { plan, start, reason } = body
  const id = newId('exp')
  await commitExperimentChange(parts, async (tx) => {
    await requireSoundPlan(parts, tx, { id, plan })
    const now = new Date(parts.clock.nowMs())
    await tx.insert(experiments).values({
      id,
      name: plan.name,
      plan,
      phase: start ? 'running' : 'draft',
      version: 1,
      stopped: {},
      counted: nothingCounted(plan),
      createdAt: now,
      createdBy: actor.id,
      startedAt: start ? now : null,
    })
    const actorId = actor.id
    const add = (kind: 'created' | 'started') =>
      addExperimentEvent(parts, tx, { experimentId: id, event: { kind, reason, actorId } })
    await add(start ? 'started' : 'created')
    return {
      action: start ? 'experiment.start' : 'experiment.create',
      actorId,
      resource: `experiment/${id}`,
      before: null,
      after: { phase: start ? 'running' : 'draft', plan },
      reason,
      correlationId: requestId,
    }
  })
  return { id }
}

/** @throws AppError `invalid_request`, its `param` the first field, `errors` all of them. */
export async function requireSoundPlan(
  { catalog }: Pick<ExperimentParts, 'catalog'>,
  tx: Transaction,
  { id, plan }: KnownExperiment,
): Promise<void> {
  const running = await listRunning(tx)
  const problems = planProblems({ id, plan }, { catalog: catalog.current(), running })
  const [first] = problems
  if (!first) return
  throw new AppError('invalid_request', {
    message: problems.map(({ field, text }) => `plan.${field}: ${text}`).join('; '),
    param: `plan.${first.field}`,
    errors: problems.map(({ field, text }) => ({ path: `plan.${field}`, message: text })),
  })
}
