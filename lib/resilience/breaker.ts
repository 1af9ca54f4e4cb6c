import type { BreakerSignal, BreakerVerdict, DeploymentBlock } from '#lib/resilience/breaker-signal'
import {
  type BreakerState,
  closeBreaker,
  closedBreaker,
  countGoodProbe,
  halfOpenBreaker,
  openBreaker,
} from '#lib/resilience/breaker-state'
import { type BreakerWindow, createBreakerWindow } from '#lib/resilience/breaker-window'
import type { BreakerPolicy } from '#lib/resilience/policy-schema'

/** One request that moved a breaker. */
export interface BreakerEvidence {
  requestId: string
  failureClass: string
  atMs: number
}

export interface BreakerTransition {
  signal: BreakerSignal
  from: BreakerState
  to: BreakerState
  /** Oldest first. */
  evidence: readonly BreakerEvidence[]
}

/** One breaker of this process: what is shared, and what this instance saw. Times are milliseconds since 1970. */
export interface Breaker {
  signal: BreakerSignal
  policy: BreakerPolicy
  state: BreakerState
  window: BreakerWindow
  /** The latest failures, oldest first, at most `evidenceKept`. */
  evidence: BreakerEvidence[]
  /** Probes of this instance that are on their way. */
  probing: number
  /** What the window held when it opened; null while it is closed. */
  openedOn: { calls: number; failed: number } | null
}

export const evidenceKept = 20

export function createBreaker(signal: BreakerSignal, policy: BreakerPolicy): Breaker {
  const window = createBreakerWindow(policy.windowMs)
  return { signal, policy, state: closedBreaker, window, evidence: [], probing: 0, openedOn: null }
}

/** May a call go: plainly, as a probe, or not at all, and why not. Changes nothing. */
export function askBreaker(breaker: Breaker, nowMs: number): 'plain' | 'probe' | DeploymentBlock {
  const { state, signal, policy, probing } = breaker
  const { phase, reason } = state
  if (phase === 'closed') return 'plain'
  if (phase === 'isolated') return { signal, phase, reason, retryAtMs: state.isolatedUntilMs }
  if (phase === 'open' && nowMs < (state.retryAtMs ?? 0))
    return { signal, phase, reason, retryAtMs: state.retryAtMs }
  return probing < policy.probes ? 'probe' : { signal, phase: 'half_open', reason, retryAtMs: nowMs + 1_000 }
}

/** A probe goes; from open that is a transition. */
export function beginProbe(breaker: Breaker, nowMs: number): BreakerTransition | null {
  breaker.probing += 1
  if (breaker.state.phase !== 'open') return null
  return move(breaker, halfOpenBreaker(breaker.state, { nowMs, reason: 'its time is over; a probe goes' }))
}

export function endProbe(breaker: Breaker): void {
  breaker.probing = Math.max(0, breaker.probing - 1)
}

export interface SettledCall {
  verdict: BreakerVerdict
  /** Of the breaker when the call was let through. */
  epoch: number
  probe: boolean
  nowMs: number
  requestId: string
  /** What went wrong, for a bad verdict. */
  failureClass: string
}

/** The end of a call; a late result of an older epoch is ignored. Whoever took a probe ends it with `endProbe` too. */
export function settleCall(breaker: Breaker, call: SettledCall): BreakerTransition | null {
  const { state, window } = breaker
  if (call.epoch !== state.epoch || call.verdict === 'neutral') return null
  const isGood = call.verdict === 'good'
  if (!isGood) noteFailure(breaker, call)
  if (state.phase === 'closed') {
    window.add(isGood, call.nowMs)
    return isGood ? null : openIfTooMany(breaker, call.nowMs)
  }
  if (state.phase !== 'half_open' || !call.probe) return null
  return isGood ? passProbe(breaker, call.nowMs) : failProbe(breaker, call)
}

function noteFailure({ evidence }: Breaker, { requestId, failureClass, nowMs }: SettledCall): void {
  evidence.push({ requestId, failureClass, atMs: nowMs })
  if (evidence.length > evidenceKept) evidence.shift()
}

function openIfTooMany(breaker: Breaker, nowMs: number): BreakerTransition | null {
  const { policy } = breaker
  const { calls, failed } = breaker.window.read(nowMs)
  if (calls < policy.minimumCalls || failed / calls <= policy.errorRatio) return null
  const evidence = breaker.evidence.filter(({ atMs }) => atMs > nowMs - policy.windowMs)
  const reason = `${failed} of ${calls} calls ${failWords[breaker.signal]} in ${policy.windowMs / 1000} s (${classesOf(evidence)})`
  return move(breaker, openBreaker(breaker.state, policy, { nowMs, reason }), evidence)
}

const failWords: Readonly<Record<BreakerSignal, string>> = {
  health: 'failed',
  latency: 'were slow to begin',
  configuration: 'were turned away',
}

function classesOf(evidence: readonly BreakerEvidence[]): string {
  return [...new Set(evidence.map(({ failureClass }) => failureClass))].join(', ')
}

function passProbe(breaker: Breaker, nowMs: number): BreakerTransition | null {
  breaker.state = countGoodProbe(breaker.state)
  const { goodProbes } = breaker.state
  if (goodProbes < breaker.policy.goodProbes) return null
  const reason = `${goodProbes} ${goodProbes === 1 ? 'probe was' : 'probes in a row were'} good`
  return move(breaker, closeBreaker(breaker.state, { nowMs, reason }))
}

function failProbe(breaker: Breaker, { nowMs, failureClass }: SettledCall): BreakerTransition {
  const reason = `its probe failed (${failureClass})`
  const to = openBreaker(breaker.state, breaker.policy, { nowMs, reason })
  return move(breaker, to, breaker.evidence.slice(-1))
}

/** Moves the breaker; what was counted before says nothing about what comes after. */
export function move(
  breaker: Breaker,
  to: BreakerState,
  evidence: readonly BreakerEvidence[] = [],
): BreakerTransition {
  const { state: from, signal } = breaker
  breaker.state = to
  const seen = breaker.window.read(to.changedAtMs)
  breaker.openedOn = to.phase === 'closed' ? null : seen.calls > 0 ? seen : breaker.openedOn
  breaker.window.clear()
  breaker.evidence = []
  return { signal, from, to, evidence: [...evidence] }
}
