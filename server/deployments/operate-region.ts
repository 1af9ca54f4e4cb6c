import { changedFields } from '#lib/audit/changed-fields'
import type { Actor } from '#server/access/principal'
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
  const before = standing(container, region)
  await deed({ region, actorId: actor.id, reason })
  await container.audit.record(container.db.orm, {
    action: actions[name],
    actorId: actor.id,
    resource: `region/${region}`,
    ...changedFields({ before, after: standing(container, region) }),
    reason,
    correlationId: requestId,
  })
  container.log.info(
    { requestId, actorId: actor.id, region, deed: name, reason },
    'an operator acted on a region',
  )
}

function standing(container: Container, name: string) {
  const found = container.gateway.regions.describe().find((region) => region.name === name)
  return found && { phase: found.phase, admittedBps: found.admittedBps, frozen: found.frozen }
}
