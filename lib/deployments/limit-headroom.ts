/** What a provider's headers said of its rate limits; null = not said. */
export interface StatedLimits {
  remainingTokens: number | null
  remainingRequests: number | null
  limitTokens: number | null
  limitRequests: number | null
  /** PTU utilisation, 0–1 and above. */
  utilization: number | null
}

/** Rate limits are per minute: what was said longer ago says nothing. */
const validForMs = 60_000

/** The smallest share, 0–1, of any limit that is left; null when nothing was said within the last minute. */
export function limitHeadroom(limits: StatedLimits, ageMs: number): number | null {
  if (ageMs > validForMs) return null
  const shares = [
    share(limits.remainingTokens, limits.limitTokens),
    share(limits.remainingRequests, limits.limitRequests),
    limits.utilization === null ? null : Math.max(0, 1 - limits.utilization),
  ].filter((one) => one !== null)
  return shares.length === 0 ? null : Math.min(...shares)
}

function share(remaining: number | null, limit: number | null): number | null {
  return remaining === null || limit === null || limit <= 0
    ? null
    : Math.min(1, Math.max(0, remaining / limit))
}
