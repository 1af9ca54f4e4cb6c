import type { BulkheadPolicy } from '#lib/resilience/policy-schema'

/** One request that waits for a place. */
export interface WaitingCall {
  /** Higher goes first. */
  priority: number
  /** Order of arrival, rising. */
  arrival: number
}

export type BulkheadDecision =
  | { kind: 'enter' }
  | { kind: 'wait' }
  /** Wait in the place of `arrival`, who is sent away: it matters less than the one that came. */
  | { kind: 'displace'; arrival: number }
  | { kind: 'full' }

/**
 * Whether a call may go to a deployment, wait for a place, or must go elsewhere. A full queue keeps the calls that matter
 * most, and among equals those that came first.
 */
export function admitToBulkhead(
  now: { inFlight: number; waiting: readonly WaitingCall[] },
  call: { priority: number; mayWait: boolean },
  policy: Pick<BulkheadPolicy, 'maxInFlight' | 'queue'>,
): BulkheadDecision {
  if (now.inFlight < policy.maxInFlight && now.waiting.length === 0) return { kind: 'enter' }
  if (!call.mayWait) return { kind: 'full' }
  if (now.waiting.length < policy.queue) return { kind: 'wait' }
  const least = lastToServe(now.waiting)
  if (!least || least.priority >= call.priority) return { kind: 'full' }
  return { kind: 'displace', arrival: least.arrival }
}

/** Who gets the next free place: the highest priority, then the earliest. Undefined when nobody waits. */
export function firstToServe(waiting: readonly WaitingCall[]): WaitingCall | undefined {
  return waiting.reduce<WaitingCall | undefined>(
    (best, one) => (best === undefined || goesBefore(one, best) ? one : best),
    undefined,
  )
}

function lastToServe(waiting: readonly WaitingCall[]): WaitingCall | undefined {
  return waiting.reduce<WaitingCall | undefined>(
    (worst, one) => (worst === undefined || goesBefore(worst, one) ? one : worst),
    undefined,
  )
}

function goesBefore(a: WaitingCall, b: WaitingCall): boolean {
  return a.priority === b.priority ? a.arrival < b.arrival : a.priority > b.priority
}

const priorities: Readonly<Record<string, number>> = {
  starter: 1,
  pro: 2,
  scale: 3,
  enterprise: 4,
  unlimited: 4,
}

/** How much a plan's requests matter when places are short, 1–4; a plan nobody knows counts as `pro`. */
export function planPriority(plan: string): number {
  return priorities[plan] ?? 2
}
