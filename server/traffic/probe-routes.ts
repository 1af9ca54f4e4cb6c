import type { LegacyRoutesView } from '#lib/contracts/traffic'
import type { Actor } from '#server/access/principal'
import type { Container } from '#server/create-container'
import { legacyRouteIds } from '#server/traffic/legacy-probes'
import { readLegacyRoutes } from '#server/traffic/legacy-routes'

/** Probes every legacy route now, whatever the day's cap says: somebody asked for it. */
export async function probeRoutes(
  container: Container,
  { actor, requestId }: { actor: Actor; requestId: string },
): Promise<LegacyRoutesView> {
  const ids = legacyRouteIds(container.catalog.current())
  await container.audit.record(container.db.orm, {
    action: 'traffic.probe',
    actorId: actor.id,
    resource: 'traffic/legacy-routes',
    after: { deployments: ids },
    correlationId: requestId,
  })
  await container.traffic.probes.probe(ids)
  return { routes: await readLegacyRoutes(container) }
}
