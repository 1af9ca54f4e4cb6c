import { eq } from 'drizzle-orm'
import type { SwitchResultView } from '#lib/contracts/traffic'
import { returnWord, rollbackWord, tiersIn } from '#lib/traffic/describe-rollback'
import { describeScope, type SwitchScope } from '#lib/traffic/traffic-config'
import { trafficSwitches } from '#schema/traffic'
import { newId } from '#server/access/new-id'
import type { Actor } from '#server/access/principal'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'
import { issuesSentence } from '#server/http/describe-issues'
import { awaitFleet } from '#server/traffic/await-fleet'
import { endSwitch, insertSwitch, noteSwitch, scopeOf, switchViewOf } from '#server/traffic/switch-store'

/** What an operator asks of the rollback switch. */
export interface SwitchOrder {
  actor: Actor
  reason: string
  /** The typed word. */
  confirmation: string
  requestId: string
}

/** The answer waits so long for the instances; later they are seen on the page. */
const fleetLimitMs = 3_000

/**
 * Sends the scope back to the legacy providers: the next request of every instance that obeys goes there, running ones
 * end where they are. Answers when all instances obey, or after three seconds.
 *
 * @throws AppError `invalid_request` for a wrong word, an unknown tier or a scope without a way back; `conflict` when a
 * switch of this scope is in force.
 */
export async function throwSwitch(
  container: Container,
  { scope, ...order }: SwitchOrder & { scope: SwitchScope },
): Promise<SwitchResultView> {
  requireWord(order.confirmation, rollbackWord(scope))
  requireWayBack(container, scope)
  const sinceMs = container.clock.monotonicMs()
  const { actor, reason, requestId } = order
  const id = newId('tsw')
  const version = await container.db.orm.transaction(async (tx) => {
    const thrownVersion = await bumpConfiguration(tx)
    const thrownAt = new Date(container.clock.nowMs())
    const row = { id, scope, via: 'api' as const, thrownAt, thrownBy: actor.id, reason, thrownVersion }
    if (!(await insertSwitch(tx, row)))
      throw new AppError('conflict', { message: `A switch of ${describeScope(scope)} is in force already.` })
    await container.audit.record(tx, {
      action: 'traffic.roll_back',
      actorId: actor.id,
      resource: `traffic/${id}`,
      before: { providers: 'as the catalog says' },
      after: { providers: 'legacy', scope },
      reason,
      correlationId: requestId,
    })
    return thrownVersion
  })
  container.log.warn({ requestId, actorId: actor.id, scope, reason, version }, 'traffic was rolled back')
  const done = await obey(container, { id, version, sinceMs, column: 'thrownFleet' })
  container.traffic.probes.probeScope(scope)
  return done
}

/**
 * Takes a switch back: the next request goes where catalog and rollouts say. Answers as throwing does.
 * @throws AppError `invalid_request` for a wrong word; `not_found`; `conflict` when it was taken back already.
 */
export async function returnSwitch(
  container: Container,
  { id, ...order }: SwitchOrder & { id: string },
): Promise<SwitchResultView> {
  requireWord(order.confirmation, returnWord)
  const sinceMs = container.clock.monotonicMs()
  const { actor, reason, requestId } = order
  const [present] = await container.db.orm.select().from(trafficSwitches).where(eq(trafficSwitches.id, id))
  if (!present)
    throw new AppError('not_found', { message: `There is no rollback switch "${id.slice(0, 100)}".` })
  const version = await container.db.orm.transaction(async (tx) => {
    const returnedVersion = await bumpConfiguration(tx)
    const returnedAt = new Date(container.clock.nowMs())
    const ended = { returnedAt, returnedBy: actor.id, returnReason: reason, returnedVersion }
    if (!(await endSwitch(tx, id, ended)))
      throw new AppError('conflict', { message: 'This switch was taken back already.' })
    await container.audit.record(tx, {
      action: 'traffic.return',
      actorId: actor.id,
      resource: `traffic/${id}`,
      before: { providers: 'legacy', scope: scopeOf(present) },
      after: { providers: 'as the catalog says' },
      reason,
      correlationId: requestId,
    })
    return returnedVersion
  })
  container.log.warn({ requestId, actorId: actor.id, switchId: id, reason, version }, 'traffic was returned')
  return obey(container, { id, version, sinceMs, column: 'returnedFleet' })
}

async function obey(
  container: Container,
  {
    id,
    version,
    sinceMs,
    column,
  }: { id: string; version: number; sinceMs: number; column: 'thrownFleet' | 'returnedFleet' },
): Promise<SwitchResultView> {
  await container.configuration.check()
  const fleet = await awaitFleet(container, { version, sinceMs, limitMs: fleetLimitMs })
  const row = await noteSwitch(container.db, id, { set: { [column]: fleet } })
  container.events.publish('configuration')
  if (!row) throw new AppError('not_found', { message: 'The switch is gone.' })
  return { switch: switchViewOf(row), version }
}

function requireWord(typed: string, word: string): void {
  if (typed.trim().toLowerCase() === word.toLowerCase()) return
  throw mistake('confirmation', `must be "${word}"`)
}

/** A switch that would move nothing is refused before anybody relies on it. */
function requireWayBack({ catalog }: Pick<Container, 'catalog'>, scope: SwitchScope): void {
  const { tiers } = catalog.current()
  const tier = scope.kind === 'all' ? null : scope.tier
  if (tier !== null && !tiers.has(tier))
    throw mistake('scope.tier', `there is no tier "${tier}"; tiers: ${[...tiers.keys()].join(', ')}`)
  if (tiersIn(scope, catalog.current()).length > 0) return
  const where = describeScope(scope)
  throw mistake(
    'scope',
    `nothing in ${where} has a legacy chain, so there is no way back; name one in the catalog (tiers.NAME.legacy)`,
  )
}

function mistake(path: string, message: string): AppError {
  const errors = [{ path, message }]
  return new AppError('invalid_request', { message: issuesSentence(errors), param: path, errors })
}
