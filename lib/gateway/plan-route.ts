import type { Catalog } from '#lib/deployments/catalog'
import type { Trial } from '#lib/experiments/trial'
import type { DeploymentLoad } from '#lib/gateway/balance-step'
import type { CandidateStates } from '#lib/gateway/candidate-standing'
import { orderCandidates } from '#lib/gateway/order-candidates'
import type { RegionWish } from '#lib/gateway/region-wish'
import { type ResolvedModel, resolveModel } from '#lib/gateway/resolve-model'
import { type LimitsAsked, routeLimits, tierRulesOf } from '#lib/gateway/route-limits'
import type { RouteCandidate, RoutePlan, RouteReason } from '#lib/gateway/route-plan'
import {
  nothingInRegion,
  type RouteRefusal,
  unknownModel,
  unknownRegion,
  unsuitableModel,
} from '#lib/gateway/route-refusal'
import { mixesRetired, type RouteStep, type StepMember, stepsWithin } from '#lib/gateway/route-steps'
import { type TrafficRoute, trafficRoute, unmoved } from '#lib/gateway/traffic-route'
import { limitsOfTrials, trialRoute } from '#lib/gateway/trial-route'
import type { TrafficConfig } from '#lib/traffic/traffic-config'

export interface RouteRequest extends LimitsAsked {
  /** A tier, a deployment's alias, or a deployment's catalog id (which pins it). */
  model: string
  region: RegionWish | null
  /** Whose request it is: units of experiments are an account's own. */
  accountId: string
  /** Requests of one session stay at one deployment of a balanced step. */
  session: string | null
  /** The unit of shares where there is no session. */
  creatorId: string | null
  /** What it is for; null counts as its kind. */
  operation: string | null
  /** The switch that moved this request already, in another tier; null on its first plan. */
  switchId: string | null
  /** The request's own id: its place where only a share is admitted. */
  requestId: string
}

/** What the plan depends on besides the request: taken at one moment, never changed. */
export interface RouteSnapshot extends CandidateStates {
  catalog: Catalog
  /** What operators and rollouts move away from where the catalog says. */
  traffic: TrafficConfig
  /** Experiments that run. */
  trials: readonly Trial[]
  /** In [0, 1): the draw of balancing within a step. */
  random: number
  loadOf(deploymentId: string): DeploymentLoad
}

export type RouteDecision = { ok: true; plan: RoutePlan } | RouteRefusal

/**
 * Decides who is asked, in which order and within which limits, and says why.
 *
 * Chain steps keep their order; balancing permutes only within a step. Whoever cannot be asked plainly (retired, cooling
 * down, drained, region out, breaker open) goes behind the others but is never removed, since it may be all there is; only
 * a required region removes. No deployment stands twice.
 */
export function planRoute(request: RouteRequest, snapshot: RouteSnapshot): RouteDecision {
  const { catalog, random, loadOf } = snapshot
  const { session, model } = request
  const route = resolveModel(request.kind, model, catalog)
  if (!route) return unknownModel(model, catalog)
  if (route.steps.length === 0) return unsuitableModel(request)
  const regional: RouteReason[] = []
  const wish = knownRegion(request.region, catalog, regional)
  if (wish && !('region' in wish)) return wish
  const required = wish?.mode === 'require' ? wish.region : null
  const way = withinRegion(required, { route, way: trafficRoute(request, route, snapshot) })
  if (wish && way.steps.length === 0) return nothingInRegion(wish, model)
  const tried = trialRoute(request, { route, way, required }, snapshot)
  const { steps, mixesRetired: mixes, reasons: why } = tried.chain ?? way
  const mixed = mixes && (required === null || mixesRetired(steps))
  const reasons: RouteReason[] = [...(way.moved ? [way.moved] : []), ...tried.reasons, ...why, ...regional]
  const home = tried.chain?.deploymentIds ?? (way.traffic.arm === null ? null : way.traffic.deploymentIds)
  const candidates = orderCandidates(
    steps,
    {
      states: snapshot,
      unit: session ?? request.requestId,
      mixesRetired: mixed,
      preferredRegion: wish?.mode === 'prefer' ? preferredWithin(steps, home, wish.region) : null,
      balance: { loadOf, random, session },
    },
    reasons,
  )
  if (!mixed) noteRetired(candidates, catalog, reasons)
  const rules = route.tier ?? tierRulesOf(candidates[0]?.deploymentId ?? '', catalog)
  const limits = routeLimits(limitsOfTrials(request, tried.trials), rules, reasons)
  const tier = route.tier?.name ?? ''
  const { traffic } = way
  const { policy } = rules
  const { trials } = tried
  const plan = { tier, candidates, reasons, limits, policy, requiredRegion: required, traffic, trials }
  return { ok: true, plan }
}

/** A required region outranks switches and shares: where their deployments are all elsewhere, nothing moves the request. */
function withinRegion(
  region: string | null,
  { route, way }: { route: ResolvedModel; way: TrafficRoute },
): TrafficRoute {
  if (region === null) return way
  const steps = stepsWithin(region, way.steps)
  const { traffic, moved } = way
  const keepsArm =
    traffic.arm === null ||
    hasMember(steps, ({ deploymentId }) => traffic.deploymentIds.includes(deploymentId))
  if (keepsArm) return { ...way, steps }
  const text = `${moved?.text ?? 'moved'}, but region ${region} is required, so it stays`
  return {
    ...route,
    steps: stepsWithin(region, route.steps),
    traffic: unmoved,
    moved: moved && { ...moved, text },
  }
}

/** A preference orders the deployments of one arm or variant (`home`); it moves nobody from one to the other. */
function preferredWithin(
  steps: readonly RouteStep[],
  home: readonly string[] | null,
  region: string,
): string | null {
  if (home === null) return region
  const isHome = (member: StepMember) => member.region === region && home.includes(member.deploymentId)
  return hasMember(steps, isHome) ? region : null
}

function hasMember(steps: readonly RouteStep[], is: (member: StepMember) => boolean): boolean {
  return steps.some(({ members }) => members.some(is))
}

const regions = new WeakMap<Catalog, ReadonlySet<string>>()

function regionNames(catalog: Catalog): ReadonlySet<string> {
  const known = regions.get(catalog) ?? new Set(catalog.data.regions.map(({ name }) => name))
  regions.set(catalog, known)
  return known
}

/** The wish as far as the catalog has its region: a key's or account's preference may outlive it, a requirement may not. */
function knownRegion(
  wish: RegionWish | null,
  catalog: Catalog,
  reasons: RouteReason[],
): RegionWish | RouteRefusal | null {
  if (!wish) return null
  const isKnown = regionNames(catalog).has(wish.region)
  if (!isKnown && (wish.by === 'request' || wish.mode === 'require')) return unknownRegion(wish, catalog)
  const gone = isKnown ? '' : ', which the catalog does not have, so it is served anywhere'
  const text = `${wish.by} ${wish.mode}s region ${wish.region}${gone}`
  reasons.push({ deploymentId: null, code: 'region_wish', text })
  return isKnown ? wish : null
}

function noteRetired(candidates: readonly RouteCandidate[], catalog: Catalog, reasons: RouteReason[]): void {
  const first = candidates[0] && catalog.deployments.get(candidates[0].deploymentId)
  if (first?.lifecycle?.stage !== 'retired') return
  const instead = first.lifecycle.replacement ? `; ${first.lifecycle.replacement} would replace it` : ''
  reasons.push({
    deploymentId: first.id,
    code: 'lifecycle',
    text: `its model ${first.model} is retired${instead}`,
  })
}
