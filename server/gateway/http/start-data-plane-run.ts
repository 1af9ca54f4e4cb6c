import type { ErrorCode } from '#lib/contracts/error-catalogue'
import type { CacheMode } from '#lib/gateway/cacheable-request'
import { planRoute, type RouteRequest } from '#lib/gateway/plan-route'
import { effectiveRegion, type RegionWish, readRegionHeaders } from '#lib/gateway/region-wish'
import { readRequestTags } from '#lib/gateway/request-tags'
import type { RoutePlan } from '#lib/gateway/route-plan'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import { type GatewayRun, startRun } from '#server/gateway/gateway-run'
import { type DataPlaneCall, requestContext, requireAccepting } from '#server/gateway/http/data-plane-route'
import { createRequestAbort } from '#server/gateway/request-abort'
import { routeSnapshot } from '#server/gateway/route-snapshot'
import { AppError } from '#server/http/app-error'

export interface RunRequest {
  route: Omit<RouteRequest, 'region' | 'session' | 'requestId'>
  metadata: Readonly<Record<string, string>> | null | undefined
  promptText: () => string
  /** What the caller asks of the answer cache. */
  cacheMode?: CacheMode | null
}

/**
 * Plans a parsed request and admits it. From here on it has exactly one ledger row, whatever happens.
 *
 * @throws AppError `invalid_request`, `model_not_found`, `model_not_suitable`, `region_not_available`, `shutting_down`,
 * `ledger_unavailable`: refused, no row.
 */
export function startDataPlaneRun(call: DataPlaneCall, request: RunRequest): GatewayRun {
  const { container } = call
  requireAccepting(container)
  const parts = container.gateway
  const header = (name: string) => call.request.headers.get(name)
  const tags = readRequestTags(header, request.metadata)
  const route: RouteRequest = {
    ...request.route,
    region: regionWish(call, header),
    session: tags.sessionId,
    requestId: call.requestId,
  }
  const decision = planRoute(route, routeSnapshot(parts, { streamed: route.stream, nowMs: call.startedAtMs }))
  if (!decision.ok) throw refusal(decision.code, decision)
  return startRun({
    parts,
    context: requestContext(call, tags),
    plan: decision.plan,
    kind: request.route.kind,
    requestedModel: request.route.model,
    streamed: request.route.stream,
    abort: createRequestAbort(call.request.signal),
    promptText: parts.storesPrompts() ? request.promptText() : null,
    cacheMode: request.cacheMode ?? null,
    planTier: (tier) => planAgain(parts, { ...route, model: tier }),
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
