import type { RegionPhase } from '#lib/contracts/regions'
import type { RegionHealthPolicy } from '#lib/deployments/region-policy'

/** What all instances share of a region; times in milliseconds since 1970. Every change makes a new one. */
export interface RegionState {
  phase: RegionPhase
  /** Raised by every change. */
  epoch: number
  /** Share of requests it takes, in basis points. */
  admittedBps: number
  /** Nothing moves it but an operator. */
  frozen: boolean
  /** Since when its probes are good without a break; null while they are not. */
  healthySinceMs: number | null
  reason: string
  /** 0 while it never changed. */
  changedAtMs: number
  /** Null when it moved by itself. */
  actorId: string | null
}

export const servingRegion: Readonly<RegionState> = {
  phase: 'serving',
  epoch: 0,
  admittedBps: 10_000,
  frozen: false,
  healthySinceMs: null,
  reason: '',
  changedAtMs: 0,
  actorId: null,
}

export interface RegionMove {
  nowMs: number
  reason: string
  actorId?: string | null
}

type Target = Pick<RegionState, 'phase' | 'admittedBps'> & Partial<Pick<RegionState, 'healthySinceMs'>>

function moved(from: RegionState, to: Target, move: RegionMove): RegionState {
  return {
    ...from,
    ...to,
    epoch: from.epoch + 1,
    reason: move.reason,
    changedAtMs: move.nowMs,
    actorId: move.actorId ?? null,
  }
}

/** It does not answer: nothing plain goes there until it has been healthy for a while. Null when it is frozen. */
export function darkenRegion(from: RegionState, move: RegionMove): RegionState | null {
  if (from.frozen || from.phase === 'dark' || from.phase === 'failed_over') return null
  return moved(from, { phase: 'dark', admittedBps: 0, healthySinceMs: null }, move)
}

/** A probe's result. Null when it changes nothing. */
export function noteProbe(from: RegionState, good: boolean, nowMs: number): RegionState | null {
  if (from.phase === 'serving') return null
  if (good)
    return from.healthySinceMs === null ? { ...from, epoch: from.epoch + 1, healthySinceMs: nowMs } : null
  if (from.phase === 'recovering')
    return darkenRegion(from, { nowMs, reason: 'it stopped answering on its way back' })
  return from.healthySinceMs === null ? null : { ...from, epoch: from.epoch + 1, healthySinceMs: null }
}

/** What time alone changes: the way back, step by step. Null when nothing is due. */
export function advanceRegion(
  from: RegionState,
  policy: RegionHealthPolicy,
  nowMs: number,
): RegionState | null {
  const dueMs = nextStepAtMs(from, policy)
  if (dueMs === null || nowMs < dueMs) return null
  if (from.phase === 'dark') {
    const reason = `healthy for ${(nowMs - (from.healthySinceMs ?? nowMs)) / 1000} s`
    return recoverRegion(from, policy, { nowMs, reason })
  }
  const next = policy.stepsBps.find((step) => step > from.admittedBps)
  if (next === undefined)
    return moved(
      from,
      { phase: 'serving', admittedBps: 10_000 },
      { nowMs, reason: 'it took every share well' },
    )
  const reason = `${from.admittedBps / 100} % went well for ${policy.stepMs / 1000} s`
  return moved(from, { phase: 'recovering', admittedBps: next }, { nowMs, reason })
}

/** When the next step of the way back is due, if all stays well; null when none is. */
export function nextStepAtMs(state: RegionState, policy: RegionHealthPolicy): number | null {
  const { phase, frozen, healthySinceMs, changedAtMs } = state
  if (frozen) return null
  if (phase === 'dark') return healthySinceMs === null ? null : healthySinceMs + policy.healthyForMs
  return phase === 'recovering' ? changedAtMs + policy.stepMs : null
}

/** The first share goes back at once. */
export function recoverRegion(from: RegionState, policy: RegionHealthPolicy, move: RegionMove): RegionState {
  const first = policy.stepsBps[0]
  return first === undefined
    ? moved(from, { phase: 'serving', admittedBps: 10_000 }, move)
    : moved(from, { phase: 'recovering', admittedBps: first }, move)
}

/** An operator takes the region out until an operator takes it back. */
export function failOverRegion(from: RegionState, move: RegionMove): RegionState {
  return moved(from, { phase: 'failed_over', admittedBps: 0, healthySinceMs: null }, move)
}

/** An operator takes the region back: gradually from nothing, at once when it is on its way already. */
export function failBackRegion(from: RegionState, policy: RegionHealthPolicy, move: RegionMove): RegionState {
  if (from.phase === 'recovering') return moved(from, { phase: 'serving', admittedBps: 10_000 }, move)
  return recoverRegion(from, policy, move)
}

export function freezeRegion(from: RegionState, frozen: boolean, move: RegionMove): RegionState {
  return { ...moved(from, from, move), frozen }
}
