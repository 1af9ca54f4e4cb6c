import type { Catalog, Tier } from '#lib/deployments/catalog'
import { type ChainRoute, chainReasons, chainRoute } from '#lib/gateway/chain-route'
import type { ResolvedModel } from '#lib/gateway/resolve-model'
import { tierRulesOf } from '#lib/gateway/route-limits'
import type { PlanTraffic, PlanVisit, RouteReason } from '#lib/gateway/route-plan'
import { mixesRetired, type RouteKind, routeSteps } from '#lib/gateway/route-steps'
import { routeTraffic, type TrafficSubject } from '#lib/traffic/route-traffic'
import {
  describeScope,
  type TrafficChain,
  type TrafficConfig,
  type TrafficShare,
} from '#lib/traffic/traffic-config'

/** Nothing moves this request. */
export const unmoved: PlanTraffic = {
  arm: null,
  rolloutId: null,
  switchId: null,
  deploymentIds: [],
  visit: null,
}

/** The way of one request after switches and shares have spoken. */
export interface TrafficRoute extends ChainRoute {
  traffic: PlanTraffic
  /** Why it goes there; null while the catalog alone decides. */
  moved: RouteReason | null
}

export interface TrafficAsked {
  kind: RouteKind
  operation: string | null
  session: string | null
  creatorId: string | null
  requestId: string
  switchId: string | null
}

/**
 * The steps that a request takes: its model's own, the legacy chain's after a switch, or those of its side of a share with
 * the other side's behind them. A catalog id pins its deployment, so nothing moves it. A switch that finds no legacy chain
 * leaves the request where it is, and says so.
 */
export function trafficRoute(
  asked: TrafficAsked,
  route: ResolvedModel,
  { catalog, traffic }: { catalog: Catalog; traffic: TrafficConfig },
): TrafficRoute {
  const isQuiet = traffic.switches.length === 0 && traffic.shares.length === 0 && asked.switchId === null
  if (isQuiet || route.named === 'deployment') return stay(route)
  const tier = tierOf(route, catalog)
  const decision = routeTraffic(subjectOf(asked, route, tier), traffic)
  if (decision.kind === 'catalog') return stay(route)
  if (decision.kind === 'share') {
    if (!tier) return stay(route)
    const sides = sidesOf(decision.share, tier, catalog)
    const side = sides[decision.arm]
    if (!side) return stay(route)
    return decision.carried ? carriedRoute(side, decision.share, decision.arm) : side
  }
  const { switchId, scope } = decision
  const why = scope === null ? 'a switch moved the request' : `a switch moved ${describeScope(scope)}`
  return legacyRoute({ asked, route, tier, catalog }, { switchId, why })
}

function stay(route: ResolvedModel, moved: RouteReason | null = null): TrafficRoute {
  const { steps, mixesRetired: mixed, reasons } = route
  return { steps, mixesRetired: mixed, reasons, traffic: unmoved, moved }
}

/** The tier of a name that twins share is the one whose limits hold for it. */
function tierOf({ tier, named, steps }: ResolvedModel, catalog: Catalog): Tier | null {
  if (tier || named !== 'alias') return tier
  const first = steps[0]?.members[0]
  return first ? (catalog.tiers.get(tierRulesOf(first.deploymentId, catalog).name) ?? null) : null
}

function subjectOf(
  { kind, operation, session, creatorId, requestId, switchId }: TrafficAsked,
  { named }: ResolvedModel,
  tier: Tier | null,
): TrafficSubject {
  return {
    tier: tier?.name ?? null,
    operation: operation ?? kind,
    unit: session ?? creatorId ?? requestId,
    isNamed: named === 'alias',
    switchId,
  }
}

interface Moving {
  asked: TrafficAsked
  route: ResolvedModel
  tier: Tier | null
  catalog: Catalog
}

function legacyRoute(
  { asked, route, tier, catalog }: Moving,
  { switchId, why }: { switchId: string; why: string },
): TrafficRoute {
  const isLegacyAlready = route.steps.every(({ members }) =>
    members.every(({ deploymentId }) => catalog.deployments.get(deploymentId)?.provider !== 'azure-openai'),
  )
  if (isLegacyAlready) return stay(route)
  const legacy = legacyOf(asked.kind, tier, catalog)
  if (!legacy) {
    const text = `${why} back to the legacy providers, but ${nameOf(asked.kind, tier)} has no legacy chain, so it stays`
    return stay(route, { deploymentId: null, code: 'rollback', text })
  }
  const text = `${why} back to the legacy providers (${switchId})`
  return {
    ...legacy.route,
    traffic: { arm: 'legacy', rolloutId: null, switchId, deploymentIds: legacy.deploymentIds, visit: null },
    moved: { deploymentId: null, code: 'rollback', text },
  }
}

function nameOf(kind: RouteKind, tier: Tier | null): string {
  if (kind === 'embeddings') return 'the embeddings chain'
  return tier ? `tier ${tier.name}` : 'a deployment outside every tier'
}

interface LegacyRoute {
  route: ChainRoute
  deploymentIds: readonly string[]
}

const legacyRoutes = new WeakMap<Catalog, Map<string, LegacyRoute | null>>()

/** Remembered for as long as the catalog lives; null where there is no way back. */
function legacyOf(kind: RouteKind, tier: Tier | null, catalog: Catalog): LegacyRoute | null {
  const known = legacyRoutes.get(catalog) ?? new Map<string, LegacyRoute | null>()
  legacyRoutes.set(catalog, known)
  const key = kind === 'embeddings' ? kind : `${kind} ${tier?.name ?? ''}`
  const remembered = known.get(key)
  if (remembered !== undefined) return remembered
  const chain = (kind === 'embeddings' ? catalog.embeddings?.legacy : tier?.legacy) ?? []
  const route = chainRoute(chain, { kind, where: `the legacy chain of ${nameOf(kind, tier)}`, catalog })
  const found = route.steps.length === 0 ? null : { route, deploymentIds: chain.flat() }
  known.set(key, found)
  return found
}

type Sides = Readonly<Record<'baseline' | 'candidate', TrafficRoute | null>>

const sidesOfShares = new WeakMap<Catalog, WeakMap<TrafficShare, Sides>>()

/** Both sides of a share; null where a side has nothing that can be asked. Remembered: the share is asked with every request. */
function sidesOf(share: TrafficShare, tier: Tier, catalog: Catalog): Sides {
  const known = sidesOfShares.get(catalog) ?? new WeakMap<TrafficShare, Sides>()
  sidesOfShares.set(catalog, known)
  const remembered = known.get(share)
  if (remembered) return remembered
  const baseline = {
    chain: share.baseline === 'legacy' ? tier.legacy : share.baseline,
    where: share.baseline === 'legacy' ? `the legacy chain of tier ${tier.name}` : 'the baseline’s chain',
  }
  const candidate = {
    chain: share.candidate ?? tier.chain,
    where: share.candidate === null ? `the chain of tier ${tier.name}` : 'the candidate’s chain',
  }
  const sides = {
    baseline: sideOf('baseline', { share, own: baseline, other: candidate, catalog }),
    candidate: sideOf('candidate', { share, own: candidate, other: baseline, catalog }),
  }
  known.set(share, sides)
  return sides
}

interface Side {
  chain: TrafficChain
  where: string
}

function sideOf(
  arm: 'baseline' | 'candidate',
  { share, own, other, catalog }: { share: TrafficShare; own: Side; other: Side; catalog: Catalog },
): TrafficRoute | null {
  const ownSteps = routeSteps(own.chain, 'chat', catalog)
  if (ownSteps.length === 0) return null
  const deploymentIds = own.chain.flat()
  const behind = without(other.chain, new Set(deploymentIds))
  const percent = (arm === 'candidate' ? share.candidateWeightBps : 10_000 - share.candidateWeightBps) / 100
  const text = `in the ${arm}’s ${percent} % of rollout ${share.rolloutId}`
  return {
    steps: routeSteps([...own.chain, ...behind], 'chat', catalog),
    mixesRetired: mixesRetired(ownSteps),
    reasons: [
      ...chainReasons(own.chain, own.where, catalog),
      ...chainReasons(behind, other.where, catalog).map((reason) => behindReason(reason, arm)),
    ],
    traffic: { arm, rolloutId: share.rolloutId, switchId: null, deploymentIds, visit: visitOf(share) },
    moved: { deploymentId: null, code: 'share', text, share: countedIn(share, arm, visitOf(share)) },
  }
}

function countedIn(
  { rolloutId }: TrafficShare,
  arm: 'baseline' | 'candidate',
  { counted, weightBps }: PlanVisit,
) {
  return { rolloutId, arm, visit: counted, weightBps }
}

function visitOf({ visit, candidateWeightBps: weightBps }: TrafficShare): PlanVisit {
  return { now: visit, counted: visit, weightBps }
}

/** The side of a conversation that began at the step before, and is counted there. */
function carriedRoute(side: TrafficRoute, share: TrafficShare, arm: 'baseline' | 'candidate'): TrafficRoute {
  const { visit: now, carried, rolloutId } = share
  if (!carried) return side
  const text = `keeps the ${arm} of rollout ${rolloutId}, on which its conversation began`
  const visit = { now, counted: carried.visit, weightBps: carried.weightBps }
  return {
    ...side,
    traffic: { ...side.traffic, visit },
    moved: { deploymentId: null, code: 'share', text, share: countedIn(share, arm, visit) },
  }
}

function behindReason(reason: RouteReason, arm: string): RouteReason {
  return { ...reason, code: 'fallback', text: `${reason.text}, asked when nothing of the ${arm} answers` }
}

function without(chain: TrafficChain, taken: ReadonlySet<string>): TrafficChain {
  return chain.map((step) => step.filter((id) => !taken.has(id))).filter((step) => step.length > 0)
}
