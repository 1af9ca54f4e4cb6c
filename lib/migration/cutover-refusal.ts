import { type DualWriteRequirement, weightWithoutDualWriteBps } from '#lib/migration/dual-write-requirement'
import { readTimeAtFull, type TimeAtFull } from '#lib/migration/evaluate-cutover'
import type { RolloutPlan } from '#lib/traffic/rollout-plan'
import { candidateWeightBps, type RolloutState } from '#lib/traffic/rollout-state'

/** What is known when a rollout is to move. */
export interface CutoverFacts {
  dualWrite: DualWriteRequirement
  atFull: TimeAtFull
}

export interface CutoverMove {
  /** Only leaving an old provider is a cutover; between deployments nothing is asked. */
  baseline: 'legacy' | readonly (readonly string[])[]
  plan: RolloutPlan
  before: RolloutState
  after: RolloutState
  nowMs: number
}

/**
 * Why a move of a rollout may not be, naming the criterion; null when it may. Going above 10 % needs every store that moves
 * to be written twice and clean; retiring the old provider needs its days at 100 % without an alert.
 */
export function cutoverRefusal(
  { baseline, plan, before, after, nowMs }: CutoverMove,
  { dualWrite, atFull }: CutoverFacts,
): string | null {
  if (baseline !== 'legacy') return null
  const weightBps = candidateWeightBps(after, plan)
  const grows = weightBps > candidateWeightBps(before, plan)
  if (grows && weightBps > weightWithoutDualWriteBps && !dualWrite.met)
    return `dual_write: going above ${weightWithoutDualWriteBps / 100} % needs dual-write on and clean, but ${dualWrite.text}`
  if (after.phase !== 'retired' || before.phase !== 'completed') return null
  const time = readTimeAtFull(atFull, nowMs)
  return time.status === 'met'
    ? null
    : `time_at_full: the old provider is retired after its days at 100 % without an alert, but: ${time.text}`
}
