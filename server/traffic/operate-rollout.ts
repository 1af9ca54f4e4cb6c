import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { RolloutOrderBody } from '#lib/contracts/rollouts'
import { isWatched } from '#lib/traffic/rollout-state'
import { users } from '#schema/access'
import { rolloutEvents } from '#schema/rollouts'
import type { Actor } from '#server/access/principal'
import type { Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'
import { readCutoverFacts } from '#server/migration/read-cutover-facts'
import { judgeRollout } from '#server/traffic/judge-rollout'
import { lockRollout, moveRollout } from '#server/traffic/move-rollout'
import { readRollout, type StoredRollout } from '#server/traffic/rollout-rows'

/** What an operator wants of a rollout, as it stood when they looked. */
export interface RolloutOrder {
  id: string
  body: RolloutOrderBody
  actor: Actor
  requestId: string
}

type Parts = Pick<
  Container,
  'db' | 'audit' | 'configuration' | 'clock' | 'rollouts' | 'catalog' | 'migration'
>

/**
 * Does what an operator wants, unless somebody was faster; ends when this instance obeys it.
 * @throws AppError `not_found`, `conflict` saying what changed since, that the state does not take it, or which criterion
 * of the cutover is not met.
 */
export async function operateRollout(parts: Parts, order: RolloutOrder): Promise<{ version: number }> {
  const { id, body, actor, requestId } = order
  const nowMs = parts.clock.nowMs()
  const present = await readRollout(parts.db.orm, id)
  if (!present) throw unknownRollout()
  const cutover = await readCutoverFacts(parts, present)
  const version = await parts.db.orm.transaction(async (tx) => {
    const rollout = await lockRollout(tx, id)
    if (!rollout) throw unknownRollout()
    if (rollout.state.version !== body.version) throw await outdated(tx, rollout, body.version)
    const state = await moveRollout(tx, rollout, {
      id,
      command: body.command === 'abort' ? 'roll_back' : body.command,
      move: {
        nowMs,
        reason: body.reason,
        actorId: actor.id,
        ...(body.toStep === undefined ? {} : { toStep: body.toStep }),
      },
      verdict: isWatched(rollout.state)
        ? judgeRollout(rollout, { nowMs, dualWrite: cutover.dualWrite })
        : null,
      correlationId: requestId,
      record: parts.audit.record,
      cutover,
    })
    return state.version
  })
  if (body.command === 'abort') parts.rollouts.rollbacks.count('operator')
  await parts.configuration.check()
  return { version }
}

/** There is none with this id. */
export function unknownRollout(): AppError {
  return new AppError('not_found', { message: 'There is no rollout with this id.' })
}

/** Says what happened to the rollout since the operator looked at it. */
async function outdated(tx: Transaction, rollout: StoredRollout, version: number): Promise<AppError> {
  const events = await tx
    .select()
    .from(rolloutEvents)
    .where(and(eq(rolloutEvents.rolloutId, rollout.id), gt(rolloutEvents.version, version)))
    .orderBy(asc(rolloutEvents.version))
    .limit(5)
  const names = await namesOf(
    tx,
    events.flatMap(({ actorId }) => actorId ?? []),
  )
  const told = events.map(({ actorId, command, toPhase, toWeightBps, reason }) => {
    const what = `${command.replaceAll('_', ' ')} (${toPhase.replaceAll('_', ' ')} at ${toWeightBps / 100} %)`
    const who = actorId === null ? 'the evaluator' : (names.get(actorId) ?? actorId)
    return `${who}: ${what}, because: ${reason}`
  })
  const since = told.length > 0 ? ` Since then: ${told.join('; ')}.` : ''
  return new AppError('conflict', {
    message: `version: it was ${version}, it is ${rollout.state.version} by now, so nothing was changed.${since} Look at it again.`,
    param: 'version',
    errors: [{ path: 'version', message: `is ${rollout.state.version} by now` }],
  })
}

async function namesOf(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await tx
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, [...ids]))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
