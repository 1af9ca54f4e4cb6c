import type { SimulatorFault } from '#lib/contracts/simulator'
import type { Actor } from '#server/access/principal'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'
import type { Simulator } from '#server/simulator/start-simulator'

/** @throws AppError `not_found` when every provider is real. */
export function requireSimulator(container: Container): Simulator {
  if (container.simulator) return container.simulator
  throw new AppError('not_found', { message: 'Nothing is simulated here, so no fault can be scripted.' })
}

/** Scripts a fault on a simulated deployment (or region) until it expires; answers all that are active. */
export async function scriptFault(
  container: Container,
  change: { actor: Actor; fault: SimulatorFault; requestId: string },
) {
  const simulator = requireSimulator(container)
  const { actor, fault, requestId } = change
  if (fault.expiresAtMs <= container.clock.nowMs()) {
    const message = 'expiresAtMs: must be in the future (milliseconds since 1970).'
    throw new AppError('invalid_request', { message, param: 'expiresAtMs' })
  }
  simulator.setFault(fault)
  await container.audit.record(container.db.orm, {
    action: 'simulator.script_fault',
    actorId: actor.id,
    resource: `simulator/${fault.deployment}`,
    after: fault,
    correlationId: requestId,
  })
  container.log.info({ requestId, actorId: actor.id, fault }, 'a fault was scripted')
  container.events.publish('configuration')
  return { faults: simulator.listFaults() }
}

export async function clearFault(
  container: Container,
  change: { actor: Actor; deployment: string; requestId: string },
) {
  const simulator = requireSimulator(container)
  const before = simulator.listFaults().find(({ deployment }) => deployment === change.deployment)
  simulator.clearFault(change.deployment)
  await container.audit.record(container.db.orm, {
    action: 'simulator.clear_fault',
    actorId: change.actor.id,
    resource: `simulator/${change.deployment}`,
    before,
    correlationId: change.requestId,
  })
  container.log.info(
    { requestId: change.requestId, actorId: change.actor.id, deployment: change.deployment },
    'a fault was cleared',
  )
  container.events.publish('configuration')
  return { faults: simulator.listFaults() }
}
