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

/** Does it and logs it. @throws AppError `not_found`, `conflict`. */
export async function operateRegion(
  { container, actor, params, reason, requestId }: RegionOrder,
  { name, deed }: { name: string; deed: (action: RegionAction) => Promise<void> },
): Promise<void> {
  const region = params.name ?? ''
  await deed({ region, actorId: actor.id, reason })
  container.log.info(
    { requestId, actorId: actor.id, region, deed: name, reason },
    'an operator acted on a region',
  )
}
