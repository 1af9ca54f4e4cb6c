import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { quotaHeaders } from '#lib/quotas/quota-headers'
import type { GatewayRun } from '#server/gateway/gateway-run'
import type { ProviderLimits } from '#server/gateway/providers/provider'

/**
 * Headers known as soon as a deployment has begun to answer. Limits are the caller's own, where it has any, else the
 * provider's.
 */
export function routeHeaders(run: GatewayRun, limits: ProviderLimits): Record<string, string> {
  const { last, context } = run
  const headers: Record<string, string> = {
    'x-request-id': context.requestId,
    'x-correlation-id': context.correlationId,
    'x-huntaze-provider': last?.provider ?? '',
    'x-huntaze-deployment': last?.id ?? '',
    'x-huntaze-region': last?.region ?? '',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
  const { cache } = run
  if (cache?.result) headers['x-huntaze-cache'] = cache.result
  if (cache?.why) headers['x-huntaze-cache-reason'] = cache.why
  if (cache && cache.ageS !== null) headers.age = String(cache.ageS)
  setLimit(headers, 'x-ratelimit-limit-requests', limits.limitRequests)
  setLimit(headers, 'x-ratelimit-limit-tokens', limits.limitTokens)
  setLimit(headers, 'x-ratelimit-remaining-requests', limits.remainingRequests)
  setLimit(headers, 'x-ratelimit-remaining-tokens', limits.remainingTokens)
  if (run.reservation)
    Object.assign(headers, quotaHeaders(run.reservation.standings(), run.parts.clock.nowMs()))
  return headers
}

function setLimit(headers: Record<string, string>, name: string, value: number | null): void {
  if (value !== null) headers[name] = String(value)
}

/** Headers of a whole answer: the above with attempts, cost and overhead. An unpriced answer has no cost header. */
export function answerHeaders(run: GatewayRun, limits: ProviderLimits): Record<string, string> {
  const overheadMs = run.parts.clock.monotonicMs() - run.context.startedMs - run.providerMs
  return {
    ...routeHeaders(run, limits),
    'content-type': 'application/json',
    'x-huntaze-attempts': String(run.attempts.length),
    'x-huntaze-overhead-ms': Math.max(0, overheadMs).toFixed(2),
    ...(run.costPicoUsd === null ? {} : { 'x-huntaze-cost-usd': picoToUsdDecimal(run.costPicoUsd) }),
  }
}
