import type { LegacyRouteView } from '#lib/contracts/traffic'
import { readinessOf } from '#lib/traffic/route-readiness'
import type { Container } from '#server/create-container'
import { configuredProviders } from '#server/gateway/open-providers'
import { legacyRouteIds, type ProbeRow, readProbes } from '#server/traffic/legacy-probes'

type RouteParts = Pick<Container, 'db' | 'catalog' | 'env' | 'clock'>

/** Every legacy route with what its last probe said. */
export async function readLegacyRoutes(parts: RouteParts): Promise<LegacyRouteView[]> {
  const probes = new Map((await readProbes(parts)).map((row) => [row.deploymentId, row]))
  const catalog = parts.catalog.current()
  return legacyRouteIds(catalog).flatMap((id) => {
    const deployment = catalog.deployments.get(id)
    if (!deployment) return []
    const { provider, model } = deployment
    const tiers = [...catalog.tiers.values()].filter(({ legacy }) => legacy.flat().includes(id))
    return [
      {
        deploymentId: id,
        provider,
        model,
        tiers: tiers.map(({ name }) => name),
        simulated: !configuredProviders(parts.env)[provider],
        ...standing(parts, probes.get(id) ?? null),
      },
    ]
  })
}

function standing(
  { env, clock }: RouteParts,
  probe: ProbeRow | null,
): Omit<LegacyRouteView, 'deploymentId' | 'provider' | 'model' | 'tiers' | 'simulated'> {
  const { state, notes } = readinessOf(probe && { ...probe, atMs: probe.at.getTime() }, {
    nowMs: clock.nowMs(),
    everyMinutes: env.HUNTAZE_LEGACY_PROBE_MINUTES,
  })
  return {
    state,
    notes,
    probedAt: probe?.at.toISOString() ?? null,
    latencyMs: probe?.latencyMs ?? null,
    remainingRequests: probe?.remainingRequests ?? null,
    limitRequests: probe?.limitRequests ?? null,
    remainingTokens: probe?.remainingTokens ?? null,
    limitTokens: probe?.limitTokens ?? null,
  }
}
