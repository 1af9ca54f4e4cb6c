import type { BreakerPhase } from '#lib/resilience/breaker-signal'
import type { BreakerPolicy } from '#lib/resilience/policy-schema'

/** The shared part of a breaker; times in milliseconds since 1970. Every transition makes a new one. */
export interface BreakerState {
  phase: BreakerPhase
  /** Raised by every transition; results of calls admitted in an older one are ignored. */
  epoch: number
  /** For a person; empty while it never moved. */
  reason: string
  /** 0 while it never moved. */
  changedAtMs: number
  /** When a probe may go; null unless open. */
  retryAtMs: number | null
  openForMs: number
  /** Reopenings in a row. */
  reopenings: number
  goodProbes: number
  /** When an isolation ends by itself; null = when somebody ends it. */
  isolatedUntilMs: number | null
  /** Who moved it; null when it moved by itself. */
  actorId: string | null
}

export const closedBreaker: Readonly<BreakerState> = {
  phase: 'closed',
  epoch: 0,
  reason: '',
  changedAtMs: 0,
  retryAtMs: null,
  openForMs: 0,
  reopenings: 0,
  goodProbes: 0,
  isolatedUntilMs: null,
  actorId: null,
}

export interface Move {
  nowMs: number
  reason: string
  /** Null when it moves by itself. */
  actorId?: string | null
}

function moved(from: BreakerState, phase: BreakerPhase, move: Move): BreakerState {
  const { nowMs, reason, actorId = null } = move
  return { ...closedBreaker, phase, epoch: from.epoch + 1, reason, changedAtMs: nowMs, actorId }
}

/** Opens it; from half-open that is a reopening, and after enough of them in a row each doubles the open time. */
export function openBreaker(from: BreakerState, policy: BreakerPolicy, move: Move): BreakerState {
  const reopenings = from.phase === 'half_open' ? from.reopenings + 1 : 0
  const openForMs = openTimeMs(reopenings, policy)
  return { ...moved(from, 'open', move), reopenings, openForMs, retryAtMs: move.nowMs + openForMs }
}

/** Milliseconds that a breaker stays open after so many reopenings in a row. */
export function openTimeMs(
  reopenings: number,
  policy: Pick<BreakerPolicy, 'openForMs' | 'openForMaxMs' | 'growAfterReopenings'>,
): number {
  const doublings = Math.max(0, reopenings - policy.growAfterReopenings)
  return Math.min(policy.openForMaxMs, policy.openForMs * 2 ** doublings)
}

export function halfOpenBreaker(from: BreakerState, move: Move): BreakerState {
  const { reopenings, openForMs } = from
  return { ...moved(from, 'half_open', move), reopenings, openForMs }
}

export function closeBreaker(from: BreakerState, move: Move): BreakerState {
  return moved(from, 'closed', move)
}

export function isolateBreaker(from: BreakerState, move: Move & { untilMs: number | null }): BreakerState {
  return { ...moved(from, 'isolated', move), isolatedUntilMs: move.untilMs }
}

/** One more good probe; the same epoch, since nothing moved. */
export function countGoodProbe(from: BreakerState): BreakerState {
  return { ...from, goodProbes: from.goodProbes + 1 }
}
