import { defaultRolloutPlan, type RolloutPlan, withoutShadow } from '#lib/traffic/rollout-plan'
import { defaultShadowPlan } from '#lib/traffic/shadow-plan'

/** 10 % → 50 % → 100 %, the last two approved, with gates that a test can meet. */
export const quickPlan: RolloutPlan = {
  steps: [
    { weightBps: 1_000, needsApproval: false, gate: { minimumRequests: 3, minimumMs: 0 } },
    { weightBps: 5_000, needsApproval: true, gate: { minimumRequests: 3, minimumMs: 0 } },
    { weightBps: 10_000, needsApproval: true, gate: { minimumRequests: 3, minimumMs: 0 } },
  ],
  guardrails: [{ metric: 'error_rate', limitRatio: 1.1, alphaWeight: 1 }],
  falseRollbackAlpha: 0.05,
  retireAfterDays: 0,
  minimumEvidenceRequests: 5,
  shadow: defaultShadowPlan,
}

/** The default one from 10 % on. */
export const plainPlan: RolloutPlan = withoutShadow(defaultRolloutPlan)
