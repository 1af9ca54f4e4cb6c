import { type DeploymentLimits, deploymentLimitsSchema } from '#lib/contracts/simulator'

const MINUTE_MS = 60_000
/** What the headers of a deployment without limits show; nothing is refused there. */
const SHOWN_TOKENS_PER_MINUTE = 10_000_000
const SHOWN_REQUESTS_PER_MINUTE = 100_000

/** How much room a deployment has after a request was charged to it. */
export interface RateLimitState {
  /** Which limit refused the request; null = admitted. */
  exceeded: 'requests' | 'tokens' | null
  limitRequests: number
  limitTokens: number
  remainingRequests: number
  remainingTokens: number
  resetRequestsMs: number
  resetTokensMs: number
}

interface Window {
  startedAtMs: number
  used: number
}

/** Fixed windows of requests and estimated tokens, per deployment and region. */
export interface RateLimiter {
  setLimits(name: string, limits: DeploymentLimits): void
  /** Charges one request. Refused requests count against requests, not against tokens. */
  charge(request: { key: string; names: readonly string[]; estimatedTokens: number }): RateLimitState
}

/** `now` is epoch milliseconds. */
export function createRateLimiter(now: () => number): RateLimiter {
  const limits = new Map<string, Required<DeploymentLimits>>()
  const windows = new Map<string, Window>()
  const windowOf = (key: string, lengthMs: number): Window => {
    const open = windows.get(key)
    if (open !== undefined && now() - open.startedAtMs < lengthMs) return open
    const fresh = { startedAtMs: now(), used: 0 }
    windows.set(key, fresh)
    return fresh
  }
  return {
    setLimits: (name, input) => {
      limits.set(name, deploymentLimitsSchema.parse(input))
    },
    charge: ({ key, names, estimatedTokens }) => {
      const configured = names.map((name) => limits.get(name)).find((found) => found !== undefined)
      const requestWindowMs = (configured?.requestWindowSeconds ?? 60) * 1000
      const limitRequests = configured?.requestsPerMinute ?? SHOWN_REQUESTS_PER_MINUTE
      const limitTokens = configured?.tokensPerMinute ?? SHOWN_TOKENS_PER_MINUTE
      const roomRequests = Math.max(1, Math.floor((limitRequests * requestWindowMs) / MINUTE_MS))
      const requests = windowOf(`${key} requests`, requestWindowMs)
      const tokens = windowOf(`${key} tokens`, MINUTE_MS)
      requests.used += 1
      const overRequests = configured !== undefined && requests.used > roomRequests
      const overTokens = configured !== undefined && tokens.used + estimatedTokens > limitTokens
      const exceeded = overRequests ? 'requests' : overTokens ? 'tokens' : null
      if (exceeded === null) tokens.used += estimatedTokens
      return {
        exceeded,
        limitRequests,
        limitTokens,
        remainingRequests: Math.max(0, roomRequests - requests.used),
        remainingTokens: Math.max(0, limitTokens - tokens.used),
        resetRequestsMs: Math.max(0, requests.startedAtMs + requestWindowMs - now()),
        resetTokensMs: Math.max(0, tokens.startedAtMs + MINUTE_MS - now()),
      }
    },
  }
}
