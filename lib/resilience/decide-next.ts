import type { Failure } from '#lib/gateway/failure'
import { backoffMs } from '#lib/resilience/backoff'
import type { RetryPolicy } from '#lib/resilience/policy-schema'

export interface WalkCandidate {
  deploymentId: string
  /** Null = unknown. */
  contextTokens: number | null
}

export interface EndedAttempt {
  deploymentId: string
  failure: Failure
  endedAtMs: number
}

/** One request's way through its candidates so far. */
export interface Walk {
  /** In the order of the plan, none twice. */
  candidates: readonly WalkCandidate[]
  /** In the order in which they ended; all failed. */
  attempts: readonly EndedAttempt[]
  /** Candidates that may not be asked by this request at present: breaker open, no place free. */
  refused: ReadonlySet<string>
}

export interface WalkContext {
  retry: RetryPolicy
  contentFilterFallback: boolean
  nowMs: number
  /** No attempt begins at or after it. */
  deadlineAtMs: number
  /** In [0, 1). */
  random: number
  /** May this deployment be asked again now, as far as its retry budget goes? */
  affordsRetry(deploymentId: string): boolean
  /** Failures in a row that any request saw there, this one's included. */
  failuresInARow(deploymentId: string): number
}

export type NextStep =
  | { kind: 'ask'; deploymentId: string; afterMs: number; why: 'first' | 'next' | 'retry' | 'retry_after' }
  | { kind: 'stop'; why: 'final' | 'exhausted' | 'deadline' }

/**
 * What a request does next. First visits follow the plan's order; the same deployment again only where its failure and
 * the policy allow it, after a jittered backoff or exactly the provider's Retry-After, always inside the deadline.
 * Moving on beats asking again: with another candidate left, a rate-limited one is not waited for, and one whose last
 * calls all failed is not retried.
 */
export function decideNext(walk: Walk, context: WalkContext): NextStep {
  if (context.nowMs >= context.deadlineAtMs) return { kind: 'stop', why: 'deadline' }
  const last = walk.attempts.at(-1)
  const fresh = freshCandidates(walk)[0]
  if (!last)
    return fresh
      ? { kind: 'ask', deploymentId: fresh.deploymentId, afterMs: 0, why: 'first' }
      : { kind: 'stop', why: 'exhausted' }
  if (isFinal(last.failure, context)) return { kind: 'stop', why: 'final' }
  const again = retryLast(walk, { last, hasAlternative: fresh !== undefined }, context)
  if (again) return again
  if (fresh) return { kind: 'ask', deploymentId: fresh.deploymentId, afterMs: 0, why: 'next' }
  return waitForSoonest(walk, context)
}

/** May nobody be asked after this failure? */
export function isFinal(
  failure: Failure,
  { contentFilterFallback }: Pick<WalkContext, 'contentFilterFallback'>,
): boolean {
  if (failure.class === 'content_filter' && contentFilterFallback) return false
  return failure.nextCandidate === 'no' && failure.sameAgain === 'no'
}

/** Candidates never asked by this request that may be asked and are large enough. */
function freshCandidates({ candidates, attempts, refused }: Walk): WalkCandidate[] {
  const tooSmall = attempts
    .filter(({ failure }) => failure.nextCandidate === 'larger_context')
    .map(
      ({ deploymentId }) => candidates.find((one) => one.deploymentId === deploymentId)?.contextTokens ?? 0,
    )
  const above = tooSmall.length === 0 ? null : Math.max(...tooSmall)
  return candidates.filter(
    ({ deploymentId, contextTokens }) =>
      !refused.has(deploymentId) &&
      attempts.every((attempt) => attempt.deploymentId !== deploymentId) &&
      (above === null || (contextTokens !== null && contextTokens > above)),
  )
}

/** The last deployment again at once or after a short backoff; null where that is not wise. */
function retryLast(
  walk: Walk,
  { last, hasAlternative }: { last: EndedAttempt; hasAlternative: boolean },
  context: WalkContext,
): NextStep | null {
  const { deploymentId, failure } = last
  if (failure.sameAgain !== 'backoff' || !mayRepeat(walk, deploymentId, context)) return null
  const { retry } = context
  const made = attemptsOn(walk, deploymentId)
  const backoff = backoffMs(made - 1, retry, context.random)
  if (hasAlternative) {
    if (made >= retry.maxAttemptsWithAlternative || context.failuresInARow(deploymentId) > made) return null
    if (failure.retryAfterMs !== null) return null
  }
  return askAfter(deploymentId, failure.retryAfterMs ?? backoff, { failure, context })
}

/** Nowhere else to go: back to the one that may be asked again soonest. */
function waitForSoonest(walk: Walk, context: WalkContext): NextStep {
  const latest = new Map(walk.attempts.map((attempt) => [attempt.deploymentId, attempt]))
  const waits = [...latest.values()]
    .filter(
      ({ deploymentId, failure }) =>
        failure.sameAgain === 'after_retry_after' && mayRepeat(walk, deploymentId, context),
    )
    .map(({ deploymentId, failure, endedAtMs }) => {
      const asked =
        failure.retryAfterMs ?? backoffMs(attemptsOn(walk, deploymentId) - 1, context.retry, context.random)
      return { deploymentId, failure, afterMs: Math.max(0, endedAtMs + asked - context.nowMs) }
    })
    .sort((a, b) => a.afterMs - b.afterMs)
  const soonest = waits[0]
  const step =
    soonest && askAfter(soonest.deploymentId, soonest.afterMs, { failure: soonest.failure, context })
  return step ?? { kind: 'stop', why: 'exhausted' }
}

function mayRepeat(walk: Walk, deploymentId: string, context: WalkContext): boolean {
  return (
    !walk.refused.has(deploymentId) &&
    attemptsOn(walk, deploymentId) < context.retry.maxAttempts &&
    context.affordsRetry(deploymentId)
  )
}

function attemptsOn({ attempts }: Walk, deploymentId: string): number {
  return attempts.filter((attempt) => attempt.deploymentId === deploymentId).length
}

function askAfter(
  deploymentId: string,
  afterMs: number,
  { failure, context }: { failure: Failure; context: WalkContext },
): NextStep | null {
  if (context.nowMs + afterMs >= context.deadlineAtMs) return null
  return { kind: 'ask', deploymentId, afterMs, why: failure.retryAfterMs === null ? 'retry' : 'retry_after' }
}
