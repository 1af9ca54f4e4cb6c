import { readRetryDelay } from '#lib/gateway/classify-failure'
import type { ResponseHeaders } from '#server/gateway/providers/http-exchange'
import type { ProviderLimits } from '#server/gateway/providers/provider'

/** Reads what Azure, OpenAI or Anthropic say about their limits; what is no plain number counts as not said. */
export function readProviderLimits(headers: ResponseHeaders): ProviderLimits {
  const utilization = share(headers['azure-openai-deployment-utilization'])
  return {
    remainingTokens: count(
      headers['x-ratelimit-remaining-tokens'] ?? headers['anthropic-ratelimit-tokens-remaining'],
    ),
    remainingRequests: count(
      headers['x-ratelimit-remaining-requests'] ?? headers['anthropic-ratelimit-requests-remaining'],
    ),
    limitTokens: count(headers['x-ratelimit-limit-tokens'] ?? headers['anthropic-ratelimit-tokens-limit']),
    limitRequests: count(
      headers['x-ratelimit-limit-requests'] ?? headers['anthropic-ratelimit-requests-limit'],
    ),
    utilization,
    retryAfterMs: (utilization ?? 0) < 1 ? null : readRetryDelay(headers),
    providerRequestId: headers['apim-request-id'] ?? headers['x-request-id'] ?? headers['request-id'] ?? null,
  }
}

function count(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null
}

/** `"87.3%"` → 0.873 */
function share(value: string | undefined): number | null {
  const percent = value === undefined ? null : /^(\d{1,6}(?:\.\d{1,6})?)\s*%?$/.exec(value.trim())
  return percent === null ? null : Number(percent[1]) / 100
}
