import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import type { Catalog, Deployment } from '#lib/deployments/catalog'
import { describeState } from '#lib/deployments/describe-state'
import type { Container } from '#server/create-container'
import { configuredProviders } from '#server/gateway/open-providers'
import {
  type DeploymentTraffic,
  noTraffic,
  readDeploymentTraffic,
} from '#server/telemetry/deployment-traffic'

const unknownLifecycle = { stage: 'unknown' as const, retiresOn: null, asOf: null, replacement: null }

/** The catalog with lifecycle, state and live traffic of every deployment. */
export async function describeDeployments(container: Container): Promise<DeploymentsView> {
  const catalog = container.catalog.current()
  const traffic = await readDeploymentTraffic(container.db, container.clock.nowMs())
  return {
    regions: container.gateway.regions.describe(),
    deployments: [...catalog.deployments.values()].map((deployment) =>
      describeDeployment(container, catalog, { deployment, traffic: traffic.get(deployment.id) ?? null }),
    ),
    tiers: [...catalog.tiers.values()].map(({ name, chain, maxOutputTokens }) => ({
      name,
      chain: chain.map((step) => [...step]),
      maxOutputTokens,
    })),
  }
}

interface Described {
  deployment: Deployment
  traffic: DeploymentTraffic | null
}

function describeDeployment(
  container: Container,
  catalog: Catalog,
  { deployment, traffic }: Described,
): DeploymentView {
  const { gauges, breakers, bulkheads, controls } = container.gateway
  const gauge = gauges.read(deployment.id)
  const { inFlight, queued, maxInFlight } = bulkheads.read(deployment.id)
  const drained = controls.drained().get(deployment.id) ?? null
  const cooling = gauge.cooldownUntilMs > container.clock.nowMs()
  const { id, provider, region, regionRole, model, contextTokens, endpoint } = deployment
  return {
    id,
    provider,
    region,
    regionRole,
    deployment: deployment.deployment,
    model,
    contextTokens,
    tiers: places(catalog, id),
    simulated: !configuredProviders(container.env)[provider],
    endpoint,
    lifecycle: deployment.lifecycle ?? unknownLifecycle,
    ...describeState({
      breakers: breakers.describe(id),
      drained,
      cooldownReason: cooling ? (gauge.cooldownReason ?? '') : null,
      requests: traffic?.requests ?? 0,
    }),
    breakers: [...breakers.describe(id)],
    drained: drained && {
      reason: drained.reason,
      by: drained.by,
      since: new Date(drained.sinceMs).toISOString(),
    },
    cooldownUntil: cooling ? new Date(gauge.cooldownUntilMs).toISOString() : null,
    inFlight,
    queued,
    maxInFlight,
    ...(traffic ?? noTraffic),
    limitTokens: gauge.limits?.limitTokens ?? null,
    limitRequests: gauge.limits?.limitRequests ?? null,
    remainingTokens: gauge.limits?.remainingTokens ?? null,
    remainingRequests: gauge.limits?.remainingRequests ?? null,
    utilization: gauge.limits?.utilization ?? null,
  }
}

function places(catalog: Catalog, id: string): { tier: string; step: number }[] {
  return [...catalog.tiers.values()]
    .map((tier) => ({ tier: tier.name, step: tier.chain.findIndex((step) => step.includes(id)) }))
    .filter(({ step }) => step >= 0)
}
