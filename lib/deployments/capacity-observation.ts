import type { CapacitySizes, CapacityUnit } from '#lib/deployments/capacity-sizes'

/** What a deployment did in one whole minute, over all instances. */
export interface CapacityMinute {
  /** Prompt and answer tokens. Azure counts more at admission, by the `max_tokens` that were asked for. */
  tokens: number
  /** Calls, those included that failed or were refused. */
  requests: number
  /** Calls that were refused for the rate (429). */
  rateLimited: number
  /** The highest share that Azure reported of a provisioned deployment, 0–1 and above; null = it reported none. */
  ptuUtilization: number | null
}

/** All that the plan of one deployment rests on. */
export interface CapacityObservation {
  deploymentId: string
  unit: CapacityUnit
  /** Null = nobody stated its capacity. */
  currentUnits: number | null
  /** Limits at `currentUnits`; null = not stated. */
  tokensPerMinute: number | null
  requestsPerMinute: number | null
  /** Null = the sizes it comes in are not known. */
  sizes: CapacitySizes | null
  /** Stands by for another region's traffic with at least this many units; null = it does not stand by. */
  standbyUnits: number | null
  /** Whole minutes up to the one under way, oldest first, without a gap; only minutes in which somebody watched. */
  minutes: readonly CapacityMinute[]
  /** The last change that was carried out. */
  lastChange: { atMs: number } | null
  /** The change that is under way. */
  applying: { fromUnits: number; toUnits: number } | null
  /** The last recommendation that an operator dismissed. */
  dismissed: { direction: 'up' | 'down'; atMs: number } | null
}

/** How full it was in one minute: the fuller of tokens, requests and what Azure reports; null = not known. */
export function minuteUtilization(observation: CapacityObservation, minute: CapacityMinute): number | null {
  const { unit, tokensPerMinute, requestsPerMinute } = observation
  const reported = unit === 'PTU' && minute.requests > 0 ? minute.ptuUtilization : 0
  if (reported === null) return null
  const known = [share(minute.tokens, tokensPerMinute), share(minute.requests, requestsPerMinute)].filter(
    (value) => value !== null,
  )
  return unit === 'PTU' || known.length > 0 ? Math.max(reported, ...known) : null
}

/**
 * The same over several minutes, from their averages; null without a minute, and where Azure reported nothing although
 * there were calls.
 */
export function averageUtilization(
  observation: CapacityObservation,
  minutes: readonly CapacityMinute[],
): number | null {
  if (minutes.length === 0) return null
  const reported = minutes
    .map(({ ptuUtilization, requests }) => (requests > 0 ? ptuUtilization : 0))
    .filter((value) => value !== null)
  return minuteUtilization(observation, {
    tokens: average(minutes.map(({ tokens }) => tokens)),
    requests: average(minutes.map(({ requests }) => requests)),
    rateLimited: 0,
    ptuUtilization: reported.length === 0 ? null : average(reported),
  })
}

export function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

function share(used: number, limit: number | null): number | null {
  return limit === null || limit <= 0 ? null : used / limit
}
