import type { Actor } from '#server/access/principal'
import { recordedDeed } from '#server/audit/recorded-deed'
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

/** What each deed is in the audit log, and what it changes. */
const deeds = {
  drain: { action: 'deployment.drain' },
  undrain: { action: 'deployment.undrain' },
  isolate: { action: 'deployment.isolate', before: { isolated: false }, after: { isolated: true } },
  release: { action: 'deployment.release', before: { isolated: true }, after: { isolated: false } },
  close: { action: 'deployment.close', after: { breakers: 'closed' } },
} as const

type Deed = (order: { deploymentId: string; actorId: string; reason: string; along: Along }) => Promise<void>

/**
 * Does it, logs it and tells the consoles.
 * @throws AppError `not_found` for a deployment that the catalog does not have; `conflict` as the deed says.
 */
export async function operateDeployment(
  { container, actor, params, reason, requestId }: DeploymentOrder,
  { name, deed }: { name: keyof typeof deeds; deed: Deed },
): Promise<void> {
  const deploymentId = requireDeployment(container, params)
  const entry = {
    ...deeds[name],
    actorId: actor.id,
    resource: `deployment/${deploymentId}`,
    reason,
    correlationId: requestId,
  }
  await recordedDeed(container, entry, (along) => deed({ deploymentId, actorId: actor.id, reason, along }))
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
