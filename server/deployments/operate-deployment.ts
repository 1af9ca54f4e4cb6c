import type { Actor } from '#server/access/principal'
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

type Deed = (order: { deploymentId: string; actorId: string; reason: string }) => Promise<void>

/**
 * Does it, logs it and tells the consoles.
 * @throws AppError `not_found` for a deployment that the catalog does not have; `conflict` as the deed says.
 */
export async function operateDeployment(
  { container, actor, params, reason, requestId }: DeploymentOrder,
  { name, deed }: { name: string; deed: Deed },
): Promise<void> {
  const deploymentId = requireDeployment(container, params)
  await deed({ deploymentId, actorId: actor.id, reason })
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
