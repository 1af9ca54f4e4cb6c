import type { DualWriteRequirement } from '#lib/migration/dual-write-requirement'
import { evaluateRollout, type RolloutVerdict } from '#lib/traffic/evaluate-rollout'
import { visitOf, wholeOf } from '#lib/traffic/rollout-progress'
import { candidateWeightBps } from '#lib/traffic/rollout-state'
import type { StoredRollout } from '#server/traffic/rollout-rows'

/** How the rollout stands at this moment, from what has been taken into account. */
export function judgeRollout(
  { plan, state, progress, baseline }: Pick<StoredRollout, 'plan' | 'state' | 'progress' | 'baseline'>,
  { nowMs, dualWrite }: { nowMs: number; dualWrite: DualWriteRequirement },
): RolloutVerdict {
  return evaluateRollout({
    plan,
    state,
    evidence: progress.evidence,
    whole: wholeOf(progress),
    stored: candidateWeightBps(state, plan) === 10_000 ? progress.stored : null,
    step: visitOf(progress, state.visit),
    shadow: progress.shadow?.visit === state.visit ? progress.shadow : null,
    ...(baseline === 'legacy' ? { dualWrite } : {}),
    nowMs,
  })
}
