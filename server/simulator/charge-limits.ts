import type { Admitted } from '#server/simulator/admit'
import type { RateLimitState } from '#server/simulator/create-rate-limiter'
import type { Exchange } from '#server/simulator/exchange'
import { headerOf } from '#server/simulator/exchange'
import { retryAfterHeaders } from '#server/simulator/fault-error'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { isAzure, type Surface } from '#server/simulator/surface'
import { targetKey, targetNames } from '#server/simulator/target-names'
import { WireError } from '#server/simulator/wire-error'

const CHARACTERS_PER_TOKEN = 4

const REGION_NAMES: Readonly<Record<string, string>> = {
  westeurope: 'West Europe',
  northeurope: 'North Europe',
  swedencentral: 'Sweden Central',
  francecentral: 'France Central',
  eastus: 'East US',
  eastus2: 'East US 2',
}

const seconds = (ms: number) => Math.ceil(ms / 1000)

function anthropicHeaders(state: RateLimitState, nowMs: number): Record<string, string> {
  const at = (ms: number) => new Date(nowMs + ms).toISOString()
  return {
    'anthropic-ratelimit-requests-limit': String(state.limitRequests),
    'anthropic-ratelimit-requests-remaining': String(state.remainingRequests),
    'anthropic-ratelimit-requests-reset': at(state.resetRequestsMs),
    'anthropic-ratelimit-tokens-limit': String(state.limitTokens),
    'anthropic-ratelimit-tokens-remaining': String(state.remainingTokens),
    'anthropic-ratelimit-tokens-reset': at(state.resetTokensMs),
  }
}

function limitHeaders(surface: Surface, state: RateLimitState, nowMs: number): Record<string, string> {
  if (surface === 'anthropic') return anthropicHeaders(state, nowMs)
  const unit = isAzure(surface) ? '' : 's'
  return {
    'x-ratelimit-limit-requests': String(state.limitRequests),
    'x-ratelimit-limit-tokens': String(state.limitTokens),
    'x-ratelimit-remaining-requests': String(state.remainingRequests),
    'x-ratelimit-remaining-tokens': String(state.remainingTokens),
    'x-ratelimit-reset-requests': `${seconds(state.resetRequestsMs)}${unit}`,
    'x-ratelimit-reset-tokens': `${seconds(state.resetTokensMs)}${unit}`,
  }
}

/** Headers that identify an answer on its surface; also on error answers. */
export function identifyingHeaders(exchange: Exchange, surface: Surface): Record<string, string> {
  const { id, region } = exchange
  const headers: Record<string, string> = { 'x-simulated': 'true' }
  if (surface === 'anthropic') return { ...headers, 'request-id': id }
  headers['x-request-id'] = id
  if (!isAzure(surface)) return { ...headers, 'openai-version': '2020-10-01' }
  const clientRequestId = headerOf(exchange, 'x-ms-client-request-id')
  if (clientRequestId !== null) headers['x-ms-client-request-id'] = clientRequestId
  headers['apim-request-id'] = id
  headers['x-ms-region'] = region === null ? 'Simulated' : (REGION_NAMES[region] ?? region)
  return headers
}

/** Tokens Azure would hold against the limit before it answers: prompt characters / 4 plus the output asked for. */
export function estimateTokens(promptCharacters: number, outputTokens: number): number {
  return Math.ceil(promptCharacters / CHARACTERS_PER_TOKEN) + outputTokens
}

/**
 * Charges the request to the limits of its deployment and returns the headers of its answer. Throws a WireError
 * (429, with the time until the window ends) when a configured limit is exceeded.
 */
export function chargeLimits(
  context: SimulatorContext,
  exchange: Exchange,
  { admitted, estimatedTokens }: { admitted: Admitted; estimatedTokens: number },
): Record<string, string> {
  const { target } = admitted
  const state = context.limiter.charge({
    key: targetKey(target),
    names: targetNames(target),
    estimatedTokens,
  })
  const headers = limitHeaders(target.surface, state, context.now())
  if (state.exceeded === null) return { ...identifyingHeaders(exchange, target.surface), ...headers }
  const retryAfterMs = state.exceeded === 'requests' ? state.resetRequestsMs : state.resetTokensMs
  throw new WireError({
    status: 429,
    code: isAzure(target.surface) ? '429' : 'rate_limit_exceeded',
    type: isAzure(target.surface) ? undefined : state.exceeded,
    message: `[simulated] The limit of ${state.exceeded} per minute of ${target.deployment} was exceeded.`,
    headers: { ...headers, ...retryAfterHeaders(retryAfterMs) },
  })
}
