import type { ErrorCode } from '#lib/contracts/error-catalogue'
import type { ModelFeature } from '#lib/deployments/model-capabilities'
import type { CacheMode } from '#lib/gateway/cacheable-request'
import { planRoute, type RouteRequest } from '#lib/gateway/plan-route'
import { effectiveRegion, type RegionWish, readRegionHeaders } from '#lib/gateway/region-wish'
import { readRequestTags } from '#lib/gateway/request-tags'
import type { RoutePlan } from '#lib/gateway/route-plan'
import { type EstimateRequest, estimateReservation } from '#server/gateway/estimate-reservation'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import { type GatewayRun, startRun } from '#server/gateway/gateway-run'
import { type DataPlaneCall, requestContext, requireAccepting } from '#server/gateway/http/data-plane-route'
import { createRequestAbort } from '#server/gateway/request-abort'
import { routeSnapshot } from '#server/gateway/route-snapshot'
import { AppError } from '#server/http/app-error'
import { reserveQuota } from '#server/quotas/reserve-quota'
import type { Reservation } from '#server/quotas/slot-demands'

export interface RunRequest {
  route: Omit<
    RouteRequest,
    'region' | 'session' | 'creatorId' | 'operation' | 'switchId' | 'requestId' | 'accountId'
  >
  metadata: Readonly<Record<string, string>> | null | undefined
  /** What of OpenAI's dialect it uses; null by default. */
  features?: readonly ModelFeature[]
  /** What is kept of it, with what the variants of the plan changed. */
  promptText: (plan: RoutePlan) => string
  /** What the caller asks of the answer cache. */
  cacheMode?: CacheMode | null
  /** What it may use, asked only where tokens or money are limited. */
  estimate: EstimateRequest
}

/**
 * Plans a parsed request, sets its quotas aside and admits it. From here on it has exactly one ledger row, whatever
 * happens.
 *
 * @throws AppError `invalid_request`, `model_not_found`, `model_not_suitable`, `region_not_available`, `shutting_down`,
 * `ledger_unavailable`, `rate_limit_exceeded`, `insufficient_quota`, `quota_unavailable`: refused, no row.
 */
export async function startDataPlaneRun(call: DataPlaneCall, request: RunRequest): Promise<GatewayRun> {
  const { container } = call
  requireAccepting(container)
  const parts = container.gateway
  const header = (name: string) => call.request.headers.get(name)
  const tags = readRequestTags(header, request.metadata)
  const route: RouteRequest = {
    ...request.route,
    region: regionWish(call, header),
    accountId: call.principal.accountId,
    session: tags.sessionId,
    creatorId: tags.creatorId,
    operation: tags.operation,
    switchId: null,
    requestId: call.requestId,
  }
  const decision = planRoute(route, routeSnapshot(parts, { streamed: route.stream, nowMs: call.startedAtMs }))
  if (!decision.ok) throw refusal(decision.code, decision)
  const { plan } = decision
  const reservation = await setQuotasAside(call, {
    creatorId: tags.creatorId,
    plan,
    estimate: request.estimate,
  })
  return startRun({
    parts,
    context: requestContext(call, tags),
    plan,
    reservation,
    kind: request.route.kind,
    requestedModel: request.route.model,
    streamed: request.route.stream,
    abort: createRequestAbort(call.request.signal),
    promptText: parts.storesPrompts() ? request.promptText(plan) : null,
    cacheMode: request.cacheMode ?? null,
    features: request.features ?? null,
    planTier: (tier) => planAgain(parts, { ...route, model: tier, switchId: plan.traffic.switchId }),
  })
}

function setQuotasAside(
  { container, principal, startedAtMs }: DataPlaneCall,
  { creatorId, plan, estimate }: { creatorId: string | null; plan: RoutePlan; estimate: EstimateRequest },
): Promise<Reservation | null> {
  const { accountId, keyId } = principal
  return reserveQuota(container.quotas, {
    subject: { accountId, keyId, creatorId, plan: principal.plan },
    atMs: startedAtMs,
    nowMs: container.clock.nowMs(),
    estimate: () => estimateReservation(container.gateway, plan, { request: estimate, atMs: startedAtMs }),
  })
}

/** The way of the same request through another tier, as things stand by now. */
function planAgain(parts: GatewayParts, route: RouteRequest): RoutePlan | null {
  const snapshot = routeSnapshot(parts, { streamed: route.stream, nowMs: parts.clock.nowMs() })
  const decision = planRoute(route, snapshot)
  return decision.ok ? decision.plan : null
}

function regionWish(call: DataPlaneCall, header: (name: string) => string | null): RegionWish | null {
  const asked = readRegionHeaders(header)
  if (!asked.ok) throw refusal('invalid_request', asked)
  const effective = effectiveRegion(asked.wish, call.principal.regions)
  if (!effective.ok) throw refusal('region_not_available', effective)
  return effective.wish
}

function refusal(code: ErrorCode, { message, param }: { message: string; param: string | null }): AppError {
  return new AppError(code, { message, ...(param === null ? {} : { param }) })
}
