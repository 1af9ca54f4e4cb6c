import { z } from 'zod'
import type { FieldProblem } from '#lib/traffic/pick-share'
import { defaultShadowPlan, shadowPlanSchema } from '#lib/traffic/shadow-plan'

/** What is compared between the two sides; each can be worse in one direction only. */
export const guardrailMetrics = [
  'error_rate',
  'refusal_rate',
  'latency',
  'first_token',
  'cost',
  'quality',
] as const
export type GuardrailMetric = (typeof guardrailMetrics)[number]

const gateSchema = z.strictObject({
  /** Requests the candidate must have answered within the step. */
  minimumRequests: z.int().min(1).max(10_000_000),
  /** Time the step must last. */
  minimumMs: z
    .int()
    .min(0)
    .max(90 * 86_400_000),
})

const stepSchema = z.strictObject({
  /** Share of the units that go to the candidate; 0 = shadow. */
  weightBps: z.int().min(0).max(10_000),
  /** An operator must approve before it begins. */
  needsApproval: z.boolean().default(false),
  gate: gateSchema,
})

const guardrailSchema = z.strictObject({
  metric: z.enum(guardrailMetrics),
  /**
   * How much worse the candidate may be, as a ratio ≥ 1: of the odds for rates, of the value for latency, first token and
   * cost; for quality, baseline ÷ candidate.
   */
  limitRatio: z.number().min(1).max(10),
  /** Its part of the rollout's chance of a false rollback, ≥ 0; relative to the others. */
  alphaWeight: z.number().min(0).max(1_000),
})

const minute = 60_000

/** Shadow → 10 % → 50 % → 100 %, the last two approved by hand. */
const defaultSteps: z.infer<typeof stepSchema>[] = [
  { weightBps: 0, needsApproval: false, gate: { minimumRequests: 200, minimumMs: 30 * minute } },
  { weightBps: 1_000, needsApproval: false, gate: { minimumRequests: 500, minimumMs: 30 * minute } },
  { weightBps: 5_000, needsApproval: true, gate: { minimumRequests: 2_000, minimumMs: 60 * minute } },
  { weightBps: 10_000, needsApproval: true, gate: { minimumRequests: 2_000, minimumMs: 1_440 * minute } },
]

const defaultGuardrails: z.infer<typeof guardrailSchema>[] = [
  { metric: 'error_rate', limitRatio: 1.1, alphaWeight: 3 },
  { metric: 'latency', limitRatio: 1.05, alphaWeight: 2 },
  { metric: 'first_token', limitRatio: 1.05, alphaWeight: 2 },
  { metric: 'refusal_rate', limitRatio: 1.21, alphaWeight: 1 },
  { metric: 'cost', limitRatio: 1.2, alphaWeight: 1 },
  { metric: 'quality', limitRatio: 1.05, alphaWeight: 1 },
]

/** How a tier's (or one operation's) traffic moves from the old provider to the candidate. */
export const rolloutPlanSchema = z.strictObject({
  steps: z.array(stepSchema).min(1).max(20).default(defaultSteps),
  guardrails: z.array(guardrailSchema).min(1).max(guardrailMetrics.length).default(defaultGuardrails),
  /** Chance that a candidate that is no worse is ever rolled back by itself, over all guardrails. */
  falseRollbackAlpha: z.number().min(0.0001).max(0.2).default(0.05),
  /** No guardrail speaks before the candidate has answered so many. */
  minimumEvidenceRequests: z.int().min(1).max(1_000_000).default(30),
  /** What its shadow step mirrors, where it has one. */
  shadow: shadowPlanSchema.default(defaultShadowPlan),
  /** Days that the candidate must have had all the traffic without an alert before the old provider may be retired. */
  retireAfterDays: z.number().min(0).max(365).default(7),
})

export type RolloutPlan = z.infer<typeof rolloutPlanSchema>
export type RolloutPlanInput = z.input<typeof rolloutPlanSchema>
export type Guardrail = RolloutPlan['guardrails'][number]

/** What is used where nobody says otherwise. */
export const defaultRolloutPlan: RolloutPlan = rolloutPlanSchema.parse({})

/** The plan with real traffic from its first step on. */
export function withoutShadow(plan: RolloutPlan): RolloutPlan {
  return { ...plan, steps: plan.steps.filter(({ weightBps }) => weightBps > 0) }
}

/** What is wrong with a plan beyond its shape: steps that do not rise, guardrails twice, nothing that may speak. */
export function rolloutPlanProblems({ steps, guardrails }: RolloutPlan): FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const [index, { weightBps }] of steps.entries()) {
    const before = steps[index - 1]
    if (before && weightBps <= before.weightBps)
      problems.push({
        field: `steps[${index}].weightBps`,
        text: `${weightBps / 100} % does not rise above ${before.weightBps / 100} % of the step before`,
      })
  }
  for (const [index, { metric }] of guardrails.entries())
    if (guardrails.findIndex((other) => other.metric === metric) < index)
      problems.push({ field: `guardrails[${index}].metric`, text: `${metric} stands twice` })
  if (guardrails.every(({ alphaWeight }) => alphaWeight === 0))
    problems.push({ field: 'guardrails', text: 'at least one needs an alphaWeight above 0' })
  return problems
}

/** A guardrail's own chance of a false alarm. */
export function alphaOf(plan: RolloutPlan, guardrail: Guardrail): number {
  const total = plan.guardrails.reduce((sum, { alphaWeight }) => sum + alphaWeight, 0)
  return (plan.falseRollbackAlpha * guardrail.alphaWeight) / total
}
