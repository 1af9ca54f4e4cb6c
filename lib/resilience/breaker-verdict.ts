import type { Failure } from '#lib/gateway/failure'
import type { BreakerSignal, BreakerVerdict } from '#lib/resilience/breaker-signal'

/** How a call ended, as its breakers see it. `cancelled` (by the caller, or as a hedge's loser) says nothing. */
export type CallOutcome =
  | { kind: 'success'; firstTokenMs: number | null }
  | { kind: 'failure'; failure: Pick<Failure, 'class' | 'breakerSignal'> }
  | { kind: 'cancelled' }

/**
 * What the end of a call says to the breaker of one signal. Latency listens to first tokens of successes (later than
 * `slowMs` is bad) and to those that never came, so that a fast refusal never looks like speed.
 */
export function breakerVerdict(outcome: CallOutcome, signal: BreakerSignal, slowMs: number): BreakerVerdict {
  if (outcome.kind === 'cancelled') return 'neutral'
  if (outcome.kind === 'failure') return outcome.failure.breakerSignal === signal ? 'bad' : 'neutral'
  if (signal !== 'latency') return 'good'
  if (outcome.firstTokenMs === null) return 'neutral'
  return outcome.firstTokenMs > slowMs ? 'bad' : 'good'
}
