import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import type { RegionView } from '#lib/contracts/regions'
import type { BreakerView } from '#lib/contracts/resilience'

/** A breaker that never moved, but for `over`. */
export function breakerOf(signal: BreakerView['signal'], over: Partial<BreakerView> = {}): BreakerView {
  return {
    signal,
    phase: 'closed',
    reason: '',
    since: null,
    retryAt: null,
    isolatedUntil: null,
    opensToday: 0,
    calls: 0,
    errorRatio: null,
    ...over,
  }
}

/** An idle Azure deployment of `westeurope`, but for `over`. */
export function deploymentOf(id: string, over: Partial<DeploymentView> = {}): DeploymentView {
  return {
    id,
    provider: 'azure-openai',
    region: 'westeurope',
    regionRole: 'primary',
    deployment: `${id}-prod`,
    model: 'gpt-4-turbo',
    contextTokens: 128_000,
    tiers: [],
    simulated: true,
    endpoint: 'https://westeurope.example',
    lifecycle: { stage: 'ga', retiresOn: null, asOf: null, replacement: null },
    state: 'idle',
    stateReason: null,
    breakers: [breakerOf('health'), breakerOf('latency'), breakerOf('configuration')],
    drained: null,
    cooldownUntil: null,
    inFlight: 0,
    queued: 0,
    maxInFlight: 512,
    requests: 0,
    requestsPerSecond: 0,
    errorRatio: null,
    latencyP95Ms: null,
    firstTokenP95Ms: null,
    costPicoUsd: '0',
    requestsSparkline: [],
    errorRatioSparkline: [],
    firstTokenSparkline: [],
    limitTokens: null,
    limitRequests: null,
    remainingTokens: null,
    remainingRequests: null,
    utilization: null,
    ...over,
  }
}

/** A region that plainly serves, but for `over`. */
export function regionOf(name: string, over: Partial<RegionView> = {}): RegionView {
  return {
    name,
    role: 'primary',
    phase: 'serving',
    admittedBps: 10_000,
    frozen: false,
    reason: '',
    since: null,
    healthySince: null,
    nextStepAt: null,
    actorId: null,
    ...over,
  }
}

/** Two tiers over two regions; `over` changes single deployments by their id. */
export function boardOf(
  over: Readonly<Record<string, Partial<DeploymentView>>> = {},
  regions: readonly RegionView[] = [regionOf('westeurope'), regionOf('northeurope', { role: 'dr' })],
): DeploymentsView {
  const dr = { region: 'northeurope', regionRole: 'dr' } as const
  const places = (...tiers: (readonly [tier: string, step: number])[]) => ({
    tiers: tiers.map(([tier, step]) => ({ tier, step })),
  })
  const deployments = [
    deploymentOf('we-premium', places(['premium', 0])),
    deploymentOf('we-standard', places(['premium', 1], ['standard', 0])),
    deploymentOf('we-embeddings', { deployment: 'ada' }),
    deploymentOf('ne-premium', { ...dr, ...places(['premium', 2]) }),
    deploymentOf('ne-embeddings', { ...dr, deployment: 'ada' }),
  ]
  return {
    regions: [...regions],
    deployments: deployments.map((deployment) => ({ ...deployment, ...over[deployment.id] })),
    tiers: [
      { name: 'premium', chain: [['we-premium'], ['we-standard'], ['ne-premium']], maxOutputTokens: 4096 },
      { name: 'standard', chain: [['we-standard']], maxOutputTokens: 2048 },
    ],
  }
}
