import { failAbandonedChanges } from '#server/deployments/capacity-claims'
import type { CapacityParts } from '#server/deployments/capacity-parts'
import { isSameChange, recommendChange, withdrawChange } from '#server/deployments/capacity-recommendations'
import { beginChange } from '#server/deployments/change-capacity'
import {
  type CapacityCase,
  readCapacityPlan,
  recommendedDecision,
} from '#server/deployments/read-capacity-plan'
import { AppError } from '#server/http/app-error'

/**
 * One look at all capacities: keeps new recommendations, withdraws those that no longer hold, applies where the catalog
 * says so, and ends what an instance died over. Idempotent.
 */
export async function lookAtCapacities(parts: CapacityParts): Promise<void> {
  const ended = await failAbandonedChanges(parts.db.orm, parts.clock.nowMs())
  let moved = ended > 0
  for (const found of await readCapacityPlan(parts)) {
    moved = (await keepRecommendation(parts, found)) || moved
    await applyByItself(parts, found)
  }
  if (moved) parts.events.publish('capacity')
}

async function keepRecommendation(parts: CapacityParts, found: CapacityCase): Promise<boolean> {
  const nowMs = parts.clock.nowMs()
  const decision = recommendedDecision(found, parts.simulated)
  const { recommended } = found.record
  if (recommended !== null) {
    if (decision !== null && isSameChange(recommended, decision)) return false
    const why = found.line.reason
    await withdrawChange(parts.db.orm, { change: recommended, why, nowMs })
  }
  if (decision === null) return recommended !== null
  const kept = await recommendChange(parts.db.orm, { decision, nowMs })
  const { deploymentId, fromUnits, toUnits, unit, reason } = decision
  if (kept)
    parts.log.info({ deploymentId, fromUnits, toUnits, unit, reason }, 'another capacity is recommended')
  return kept || recommended !== null
}

/** After a failure it rests as long as after a change: what Azure has just refused it will refuse again. */
async function applyByItself(parts: CapacityParts, found: CapacityCase): Promise<void> {
  const { deployment, policy, record } = found
  const decision = recommendedDecision(found, parts.simulated)
  if (!policy.autoApply || decision === null || parts.stopping.signal.aborted) return
  const restMs = decision.direction === 'up' ? policy.upCoolDownMs : policy.downCoolDownMs
  const failedMs = record.failed?.finishedAt?.getTime() ?? Number.NEGATIVE_INFINITY
  if (parts.clock.nowMs() < failedMs + restMs) return
  const means = await parts.meansOf(deployment)
  if (!means.possible) return
  try {
    await beginChange(parts, { found, means, decision, action: null })
  } catch (error) {
    // Somebody else was quicker.
    if (!AppError.is(error) || error.code !== 'conflict') throw error
  }
}
