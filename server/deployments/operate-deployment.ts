import type { Actor } from '#server/access/principal'
import type { Along } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'

/** What an operator does to one deployment, through a route that names it. */
export interface DeploymentOrder {
  container: Container
  actor: Actor
  params: Readonly<Record<string, string>>
  reason: string
  requestId: string
}

/** What each deed is in the audit log. */
const actions = {
  drain: 'deployment.drain',
  undrain: 'deployment.undrain',
  isolate: 'deployment.isolate',
  release: 'deployment.release',
  close: 'deployment.close',
} as const

type Deed = (order: { deploymentId: string; actorId: string; reason: string; along: Along }) => Promise<void>

/**
 * Does it, logs it and tells the consoles.
 * @throws AppError `not_found` for a deployment that the catalog does not have; `conflict` as the deed says.
 */
export async function operateDeployment(
  { container, actor, params, reason, requestId }: DeploymentOrder,
  { name, deed }: { name: keyof typeof actions; deed: Deed },
): Promise<void> {
  const deploymentId = requireDeployment(container, params)
  const entry = {
    action: actions[name],
    actorId: actor.id,
    resource: `deployment/${deploymentId}`,
    reason,
    correlationId: requestId,
  }
  const along: Along = (tx, change) => container.audit.record(tx, { ...entry, ...change })
  await deed({ deploymentId, actorId: actor.id, reason, along })
  container.log.info(
    { requestId, actorId: actor.id, deployment: deploymentId, deed: name, reason },
    'an operator acted on a deployment',
  )
  container.events.publish('configuration')
}

/** The deployment that the route's `id` names. @throws AppError `not_found`. */
export function requireDeployment(container: Container, params: Readonly<Record<string, string>>): string {
  const id = params.id ?? ''
  if (container.catalog.current().deployments.has(id)) return id
  throw new AppError('not_found', { message: `The catalog has no deployment "${id.slice(0, 100)}".` })
}
