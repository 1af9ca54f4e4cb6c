import type { Catalog } from '#lib/deployments/catalog'
import type { DeploymentLoad } from '#lib/gateway/balance-step'
import type { CandidateStates } from '#lib/gateway/candidate-standing'
import { orderCandidates } from '#lib/gateway/order-candidates'
import type { RegionWish } from '#lib/gateway/region-wish'
import { resolveModel } from '#lib/gateway/resolve-model'
import { type LimitsAsked, routeLimits, tierRulesOf } from '#lib/gateway/route-limits'
import type { RouteCandidate, RoutePlan, RouteReason } from '#lib/gateway/route-plan'
import {
  nothingInRegion,
  type RouteRefusal,
  unknownModel,
  unknownRegion,
  unsuitableModel,
} from '#lib/gateway/route-refusal'
import { mixesRetired, type RouteStep } from '#lib/gateway/route-steps'

export interface RouteRequest extends LimitsAsked {
  /** A tier, a deployment's alias, or a deployment's catalog id (which pins it). */
  model: string
  region: RegionWish | null
  /** Requests of one session stay at one deployment of a balanced step. */
  session: string | null
  /** The request's own id: its place where only a share is admitted. */
  requestId: string
}

/** What the plan depends on besides the request: taken at one moment, never changed. */
export interface RouteSnapshot extends CandidateStates {
  catalog: Catalog
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
  const reasons: RouteReason[] = [...route.reasons]
  const wish = knownRegion(request.region, catalog, reasons)
  if (wish && !('region' in wish)) return wish
  const required = wish?.mode === 'require' ? wish.region : null
  const steps = required === null ? route.steps : stepsWithin(required, route.steps)
  const mixed = route.mixesRetired && mixesRetired(steps)
  if (wish && steps.length === 0) return nothingInRegion(wish, model)
  const candidates = orderCandidates(
    steps,
    {
      states: snapshot,
      unit: session ?? request.requestId,
      mixesRetired: mixed,
      preferredRegion: wish?.mode === 'prefer' ? wish.region : null,
      balance: { loadOf, random, session },
    },
    reasons,
  )
  if (!mixed) noteRetired(candidates, catalog, reasons)
  const rules = route.tier ?? tierRulesOf(candidates[0]?.deploymentId ?? '', catalog)
  const limits = routeLimits(request, rules, reasons)
  const tier = route.tier?.name ?? ''
  return {
    ok: true,
    plan: { tier, candidates, reasons, limits, policy: rules.policy, requiredRegion: required },
  }
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

function stepsWithin(region: string, steps: readonly RouteStep[]): readonly RouteStep[] {
  return steps
    .map(({ step, members }) => ({ step, members: members.filter((member) => member.region === region) }))
    .filter(({ members }) => members.length > 0)
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
