import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import type { Catalog, Deployment } from '#lib/deployments/catalog'
import type { Container } from '#server/create-container'
import { configuredProviders } from '#server/gateway/open-providers'
import { type DeploymentTraffic, readDeploymentTraffic } from '#server/telemetry/deployment-traffic'

const unknownLifecycle = { stage: 'unknown' as const, retiresOn: null, asOf: null, replacement: null }

/** The catalog with lifecycle, state and live traffic of every deployment. */
export async function describeDeployments(container: Container): Promise<DeploymentsView> {
  const catalog = container.catalog.current()
  const traffic = await readDeploymentTraffic(container.db, container.clock.nowMs())
  return {
    regions: catalog.data.regions.map(({ name, role }) => ({ name, role })),
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
  const gauge = container.gateway.gauges.read(deployment.id)
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
    state: cooling ? 'cooldown' : traffic && traffic.requests > 0 ? 'serving' : 'idle',
    stateReason: cooling ? gauge.cooldownReason : null,
    cooldownUntil: cooling ? new Date(gauge.cooldownUntilMs).toISOString() : null,
    inFlight: gauge.inFlight,
    ...(traffic ?? noTraffic),
    remainingTokens: gauge.limits?.remainingTokens ?? null,
    remainingRequests: gauge.limits?.remainingRequests ?? null,
    utilization: gauge.limits?.utilization ?? null,
  }
}

const noTraffic: DeploymentTraffic = {
  requests: 0,
  requestsPerSecond: 0,
  errorRatio: null,
  latencyP95Ms: null,
  firstTokenP95Ms: null,
  costPicoUsd: '0',
  requestsSparkline: [],
}

function places(catalog: Catalog, id: string): { tier: string; step: number }[] {
  return [...catalog.tiers.values()]
    .map((tier) => ({ tier: tier.name, step: tier.chain.findIndex((step) => step.includes(id)) }))
    .filter(({ step }) => step >= 0)
}
