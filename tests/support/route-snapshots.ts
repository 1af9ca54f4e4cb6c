import type { Catalog } from '#lib/deployments/catalog'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { planRoute, type RouteRequest, type RouteSnapshot } from '#lib/gateway/plan-route'
import type { RoutePlan } from '#lib/gateway/route-plan'
import type { DeploymentBlock } from '#lib/resilience/breaker-signal'
import { catalogTraffic } from '#lib/traffic/traffic-config'

/** A request that wishes nothing particular. */
export const anyone: Pick<
  RouteRequest,
  'accountId' | 'region' | 'session' | 'creatorId' | 'operation' | 'switchId' | 'requestId'
> = {
  accountId: 'acc_1',
  region: null,
  session: null,
  creatorId: null,
  operation: null,
  switchId: null,
  requestId: 'req_1',
}

/** A plain chat request to the tier `t`. */
export const chatRequest: RouteRequest = {
  kind: 'chat',
  model: 't',
  stream: false,
  maxOutputTokens: null,
  temperature: null,
  ...anyone,
}

/** A moment at which all is well and nothing is known of anybody's load. */
export function calmSnapshot(catalog: Catalog): RouteSnapshot {
  return {
    catalog,
    nowMs: 0,
    cooldownUntilMs: new Map(),
    blocks: new Map(),
    drained: new Map(),
    regions: new Map(),
    traffic: catalogTraffic,
    trials: [],
    random: 0,
    loadOf: () => ({ inFlight: 0, headroom: null, latencyMs: null }),
  }
}

type DeploymentFields = Partial<CatalogInput['deployments'][number]>

/** A catalog of the tier `t` over this chain; regions are those that deployments name, `one` where they name none. */
export function chainOf(
  chain: CatalogInput['tiers'][string]['chain'],
  fields: Readonly<Record<string, DeploymentFields>> = {},
): Catalog {
  const deployments = chain
    .flat()
    .map((id) => ({ id, region: 'one', deployment: id, model: 'gpt-4', ...fields[id] }))
  const names = new Set(deployments.map(({ region }) => region))
  const parsed = parseCatalog({
    regions: [...names].map((name) => ({ name, endpoint: `https://${name}.example.com` })),
    deployments,
    tiers: { t: { chain } },
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.catalog
}

/** The plan of a request that can be planned. @throws Error with the refusal's words */
export function planOf(request: Partial<RouteRequest>, snapshot: RouteSnapshot): RoutePlan {
  const decision = planRoute({ ...chatRequest, ...request }, snapshot)
  if (!decision.ok) throw new Error(decision.message)
  return decision.plan
}

/** Deployments in the order in which a plan asks them. */
export function orderOf(request: Partial<RouteRequest>, snapshot: RouteSnapshot): string[] {
  return planOf(request, snapshot).candidates.map(({ deploymentId }) => deploymentId)
}

/** A health breaker that lets nothing through. */
export function blocked(phase: DeploymentBlock['phase'] = 'open'): DeploymentBlock {
  return { signal: 'health', phase, reason: '3 of 4 calls failed', retryAtMs: 15_000 }
}
