import type { Actor } from '#server/access/principal'
import type { Along } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import type { RegionAction } from '#server/deployments/regions'

/** What an operator does to one region, through a route that names it. */
export interface RegionOrder {
  container: Container
  actor: Actor
  params: Readonly<Record<string, string>>
  reason: string
  requestId: string
}

/** What each deed is in the audit log. */
const actions = {
  'fail-over': 'region.fail_over',
  'fail-back': 'region.fail_back',
  freeze: 'region.freeze',
  unfreeze: 'region.unfreeze',
} as const

/** Does it, records it and logs it. @throws AppError `not_found`, `conflict`. */
export async function operateRegion(
  { container, actor, params, reason, requestId }: RegionOrder,
  { name, deed }: { name: keyof typeof actions; deed: (action: RegionAction) => Promise<void> },
): Promise<void> {
  const region = params.name ?? ''
  const entry = {
    action: actions[name],
    actorId: actor.id,
    resource: `region/${region}`,
    reason,
    correlationId: requestId,
  }
  const along: Along = (tx, change) => container.audit.record(tx, { ...entry, ...change })
  await deed({ region, actorId: actor.id, reason, along })
  container.log.info(
    { requestId, actorId: actor.id, region, deed: name, reason },
    'an operator acted on a region',
  )
}
