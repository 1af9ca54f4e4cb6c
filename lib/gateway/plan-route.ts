import type { ErrorCode } from '#lib/contracts/error-catalogue'
import type { Catalog } from '#lib/deployments/catalog'
import { balanceStep, type DeploymentLoad } from '#lib/gateway/balance-step'
import { type CandidateStates, orderCandidates } from '#lib/gateway/order-candidates'
import type { RegionWish } from '#lib/gateway/region-wish'
import { type ResolvedModel, type RouteKind, resolveModel } from '#lib/gateway/resolve-model'
import { type LimitsAsked, routeLimits, tierRulesOf } from '#lib/gateway/route-limits'
import type { RouteCandidate, RoutePlan, RouteReason } from '#lib/gateway/route-plan'
import { stepMembers } from '#lib/gateway/step-members'

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

export type RouteDecision =
  | { ok: true; plan: RoutePlan }
  | {
      ok: false
      code: Extract<ErrorCode, 'model_not_found' | 'model_not_suitable' | 'region_not_available'>
      message: string
    }

/**
 * Decides who is asked, in which order and within which limits, and says why.
 *
 * Chain steps keep their order; balancing permutes only within a step. Whoever cannot be asked plainly (cooling down,
 * drained, region out, breaker open) goes behind the others but is never removed, since it may be all there is; only a
 * required region removes. No deployment stands twice.
 */
export function planRoute(request: RouteRequest, snapshot: RouteSnapshot): RouteDecision {
  const { catalog } = snapshot
  const route = resolveModel(request.kind, request.model, catalog)
  if (!route) return unknownModel(request.model, catalog)
  if (request.region && !regionNames(catalog).has(request.region.region))
    return regionNotAvailable(request, catalog)
  const suitable = suitableCandidates(request, route, snapshot)
  if (suitable.length === 0) return unsuitable(request)
  const reasons: RouteReason[] = [...route.reasons]
  const within = withinRegion(suitable, request, { catalog, reasons })
  if (within.length === 0) return regionNotAvailable(request, catalog)
  const candidates = orderCandidates(
    within,
    {
      states: snapshot,
      deploymentOf: (id) => catalog.deployments.get(id),
      unit: request.session ?? request.requestId,
      preferredRegion: request.region?.mode === 'prefer' ? request.region.region : null,
    },
    reasons,
  )
  noteRetired(candidates, catalog, reasons)
  const rules = route.tier ?? tierRulesOf(candidates[0]?.deploymentId ?? '', catalog)
  const limits = routeLimits(request, rules, reasons)
  return {
    ok: true,
    plan: { tier: route.tier?.name ?? '', candidates, reasons, limits, policy: rules.policy },
  }
}

function suitableCandidates(
  { kind, session }: RouteRequest,
  { chain }: ResolvedModel,
  { catalog, random, loadOf }: RouteSnapshot,
): RouteCandidate[] {
  const candidates: RouteCandidate[] = []
  for (const [step, ids] of chain.entries()) {
    const members = stepMembers(ids, kind, catalog)
    const ordered =
      members.length < 2
        ? members.map(({ deploymentId }) => deploymentId)
        : balanceStep(members, { loadOf, random, session })
    for (const deploymentId of ordered) candidates.push({ deploymentId, step })
  }
  return candidates
}

function withinRegion(
  candidates: RouteCandidate[],
  { region }: RouteRequest,
  { catalog, reasons }: { catalog: Catalog; reasons: RouteReason[] },
): RouteCandidate[] {
  if (!region) return candidates
  const text = `${region.by} ${region.mode}s region ${region.region}`
  reasons.push({ deploymentId: null, code: 'region_wish', text })
  if (region.mode === 'prefer') return candidates
  return candidates.filter((one) => catalog.deployments.get(one.deploymentId)?.region === region.region)
}

const regions = new WeakMap<Catalog, ReadonlySet<string>>()

function regionNames(catalog: Catalog): ReadonlySet<string> {
  const known = regions.get(catalog) ?? new Set(catalog.data.regions.map(({ name }) => name))
  regions.set(catalog, known)
  return known
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

function unknownModel(model: string, catalog: Catalog): RouteDecision {
  const tiers = [...catalog.tiers.keys()].join(', ')
  const aliases = [...catalog.aliases.keys()].join(', ')
  return {
    ok: false,
    code: 'model_not_found',
    message: `There is no model "${model.slice(0, 100)}". Tiers: ${tiers}. Deployments: ${aliases}.`,
  }
}

function unsuitable({ kind, model }: { kind: RouteKind; model: string }): RouteDecision {
  const message =
    kind === 'embeddings'
      ? `"${model}" does not make embeddings; name an embedding deployment.`
      : `"${model}" makes embeddings only; name a tier or a chat deployment.`
  return { ok: false, code: 'model_not_suitable', message }
}

function regionNotAvailable({ model, region }: RouteRequest, catalog: Catalog): RouteDecision {
  const names = regionNames(catalog)
  const wanted = region?.region.slice(0, 100)
  const message = names.has(wanted ?? '')
    ? `The ${region?.by} requires region ${wanted}, in which "${model.slice(0, 100)}" has no deployment. Require another region, or only prefer this one.`
    : `There is no region "${wanted}". Regions: ${[...names].join(', ')}.`
  return { ok: false, code: 'region_not_available', message }
}
