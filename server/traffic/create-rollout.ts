import { randomBytes } from 'node:crypto'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { RolloutBody } from '#lib/contracts/rollouts'
import type { Catalog } from '#lib/deployments/catalog'
import type { DualWriteRequirement } from '#lib/migration/dual-write-requirement'
import { rolloutPlanProblems } from '#lib/traffic/rollout-plan'
import { newRollout } from '#lib/traffic/rollout-state'
import { rollouts } from '#schema/rollouts'
import { newId } from '#server/access/new-id'
import type { Actor } from '#server/access/principal'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { linkExperiment } from '#server/experiments/link-experiment'
import { AppError } from '#server/http/app-error'
import { safeCause } from '#server/telemetry/safe-cause'
import { lockRollout, moveRollout } from '#server/traffic/move-rollout'
import { type CheckedRoute, checkRoute, preFlightOf } from '#server/traffic/plan-pre-flight'
import { stateColumns } from '#server/traffic/rollout-rows'

const uniqueViolation = '23505'

type Parts = Pick<Container, 'db' | 'audit' | 'configuration' | 'clock' | 'catalog' | 'env' | 'migration'>

export interface RolloutWish {
  body: RolloutBody
  actor: Actor
  requestId: string
}

/**
 * Makes a rollout, and starts it if that is wanted; ends when this instance obeys it.
 * @throws AppError `invalid_request` naming the field (steps that do not rise, unknown names, an empty chain, a target that
 * fails its pre-flight, an experiment whose winner it does not bring), `conflict` while another rollout of the same scope is under way, or when its first step goes above
 * 10 % while a store that moves is not written twice and clean.
 */
export async function createRollout(
  parts: Parts,
  wish: RolloutWish,
): Promise<{ id: string; version: number }> {
  const route = checkRoute(parts.catalog.current(), wish.body)
  requirePlan(wish.body, parts.catalog.current())
  const flight = await preFlightOf(parts, route)
  if (!flight.passes) {
    const blocking = flight.findings.filter(({ outcome }) => outcome === 'blocks')
    throw new AppError('invalid_request', {
      message: `candidate: fails its pre-flight: ${blocking.map(({ text }) => text).join(' ')}`,
      param: 'candidate',
      errors: blocking.map(({ text }) => ({ path: 'candidate', message: text })),
    })
  }
  const id = newId('rol')
  const dualWrite = await parts.migration.dualWrite()
  const version = await parts.db.orm
    .transaction((tx) => writeRollout(tx, { parts, wish, route, id, flight, dualWrite }))
    .catch((error: unknown) => {
      // Another instance wrote its rollout between this one's look and its write.
      if (safeCause(error).code === uniqueViolation) throw scopeTaken(route, 'was made at this moment')
      throw error
    })
  await parts.configuration.check()
  return { id, version }
}

function requirePlan({ plan }: RolloutBody, { tiers }: Catalog): void {
  const { judgeTier } = plan.shadow
  const problems = rolloutPlanProblems(plan)
  if (judgeTier !== null && !tiers.has(judgeTier))
    problems.push({
      field: 'shadow.judgeTier',
      text: `the catalog has no tier "${judgeTier}"; it has ${[...tiers.keys()].join(', ')}`,
    })
  if (problems.length === 0) return
  throw new AppError('invalid_request', {
    message: problems.map(({ field, text }) => `plan.${field}: ${text}.`).join(' '),
    param: `plan.${problems[0]?.field}`,
    errors: problems.map(({ field, text }) => ({ path: `plan.${field}`, message: text })),
  })
}

interface Writing {
  parts: Parts
  wish: RolloutWish
  route: CheckedRoute
  id: string
  flight: Awaited<ReturnType<typeof preFlightOf>>
  dualWrite: DualWriteRequirement
}

async function writeRollout(tx: Transaction, writing: Writing): Promise<number> {
  const { parts, wish, route, id, flight } = writing
  const { body, actor, requestId } = wish
  const nowMs = parts.clock.nowMs()
  const move = { nowMs, reason: body.reason, actorId: actor.id }
  const { tier, operation, baseline, candidate } = route
  await requireFreeScope(tx, route)
  const state = newRollout(move)
  await tx.insert(rollouts).values({
    id,
    tier: tier.name,
    operation,
    baseline,
    candidate,
    plan: body.plan,
    salt: `rollout ${randomBytes(8).toString('hex')}`,
    preFlight: flight,
    ...stateColumns(state),
    createdAt: new Date(nowMs),
    createdBy: actor.id,
  })
  if (body.experimentId !== null) await linkExperiment(tx, { id: body.experimentId, rolloutId: id, route })
  await parts.audit.record(tx, {
    action: 'rollout.create',
    actorId: actor.id,
    resource: `rollout/${id}`,
    after: {
      tier: tier.name,
      operation,
      baseline,
      candidate,
      steps: body.plan.steps,
      ...(body.experimentId === null ? {} : { experimentId: body.experimentId }),
    },
    reason: body.reason,
    correlationId: requestId,
  })
  if (!body.start) {
    await bumpConfiguration(tx)
    return state.version
  }
  const made = await lockRollout(tx, id)
  if (!made) throw new Error('a rollout that was just written is not there')
  const { record } = parts.audit
  const atFull = { sinceMs: null, alerts: [], days: body.plan.retireAfterDays }
  const cutover = { dualWrite: writing.dualWrite, atFull }
  const step = {
    id,
    command: 'start',
    move,
    verdict: null,
    correlationId: requestId,
    record,
    cutover,
  } as const
  return (await moveRollout(tx, made, step)).version
}

/** One rollout of a scope is under way at a time. */
async function requireFreeScope(tx: Transaction, { tier, operation }: CheckedRoute): Promise<void> {
  const [other] = await tx
    .select({ id: rollouts.id, phase: rollouts.phase })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.tier, tier.name),
        operation === null ? isNull(rollouts.operation) : eq(rollouts.operation, operation),
        inArray(rollouts.phase, ['pending', 'running', 'held', 'awaiting_approval', 'paused']),
      ),
    )
    .for('update')
  if (!other) return
  throw scopeTaken({ tier, operation }, `is ${other.phase.replaceAll('_', ' ')} already (${other.id})`)
}

function scopeTaken({ tier, operation }: Pick<CheckedRoute, 'tier' | 'operation'>, state: string): AppError {
  const scope = operation === null ? `tier ${tier.name}` : `operation ${operation} of tier ${tier.name}`
  return new AppError('conflict', {
    message: `A rollout of ${scope} ${state}: let it end or abort it first.`,
    param: 'tier',
  })
}
