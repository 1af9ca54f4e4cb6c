import type { RouteRequest } from '#lib/gateway/plan-route'
import { planRoute } from '#lib/gateway/plan-route'
import { readRequestTags } from '#lib/gateway/request-tags'
import { type GatewayRun, startRun } from '#server/gateway/gateway-run'
import { type DataPlaneCall, requestContext, requireAccepting } from '#server/gateway/http/data-plane-route'
import { createRequestAbort } from '#server/gateway/request-abort'
import { AppError } from '#server/http/app-error'

export interface RunRequest {
  route: RouteRequest
  metadata: Readonly<Record<string, string>> | null | undefined
  promptText: () => string
}

/**
 * Plans a parsed request and admits it. From here on it has exactly one ledger row, whatever happens.
 *
 * @throws AppError `model_not_found`, `model_not_suitable`, `shutting_down`, `ledger_unavailable`: refused, no row.
 */
export function startDataPlaneRun(call: DataPlaneCall, request: RunRequest): GatewayRun {
  const { container } = call
  requireAccepting(container)
  const parts = container.gateway
  const decision = planRoute(request.route, {
    catalog: parts.catalog(),
    nowMs: call.startedAtMs,
    cooldownUntilMs: parts.gauges.cooldowns(),
    random: parts.random(),
  })
  if (!decision.ok) throw new AppError(decision.code, { message: decision.message, param: 'model' })
  const tags = readRequestTags((name) => call.request.headers.get(name), request.metadata)
  return startRun({
    parts,
    context: requestContext(call, tags),
    plan: decision.plan,
    kind: request.route.kind,
    requestedModel: request.route.model,
    streamed: request.route.stream,
    abort: createRequestAbort(call.request.signal),
    promptText: parts.storesPrompts() ? request.promptText() : null,
  })
}
