import { z } from 'zod'
import { experimentMetricNames } from '#lib/experiments/experiment-metrics'

const name = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, - and _')
const id = z.string().trim().min(1).max(128)
const ids = z.array(id).max(200).default([])

/** Fields of the provider's body that a variant sets; what is null stays the caller's. */
export const variantParameters = z.strictObject({
  temperature: z.number().min(0).max(2).nullable().default(null),
  topP: z.number().gt(0).max(1).nullable().default(null),
  maxOutputTokens: z.int().min(1).max(1_000_000).nullable().default(null),
  presencePenalty: z.number().min(-2).max(2).nullable().default(null),
  frequencyPenalty: z.number().min(-2).max(2).nullable().default(null),
})

/** What a variant changes; nothing = it is like the control. */
export const variantOverrides = z.strictObject({
  /** Deployments that serve it, in steps as in a tier's chain; empty = the tier's. */
  chain: z.array(z.array(id).min(1).max(10)).max(10).default([]),
  /** `append` and `prepend` add to the caller's system prompt, `replace` takes its place. */
  systemPrompt: z
    .strictObject({
      mode: z.enum(['prepend', 'append', 'replace']),
      text: z.string().trim().min(1).max(20_000),
    })
    .nullable()
    .default(null),
  parameters: variantParameters.default({
    temperature: null,
    topP: null,
    maxOutputTokens: null,
    presencePenalty: null,
    frequencyPenalty: null,
  }),
})

const variant = z.strictObject({
  name,
  /** All of an experiment's variants together: 10,000. */
  weightBps: z.int().min(1).max(9_999),
  overrides: variantOverrides.prefault({}),
})

const guardrail = z.strictObject({
  metric: z.enum(experimentMetricNames),
  /** How much worse a variant may be, as a ratio: of the odds for rates, of the mean for the others; for scores control ÷ variant. */
  limitRatio: z.number().min(1).max(10),
})

/** What an experiment compares, where, on whom, and what decides. The first variant is the control. */
export const experimentPlan = z.strictObject({
  name: z.string().trim().min(3).max(80),
  /** What is expected, in the operator's words. */
  hypothesis: z.string().trim().max(1_000).default(''),
  target: z
    .strictObject({
      /** Null = every tier. */
      tier: id.nullable().default(null),
      /** Null = every operation. */
      operation: id.nullable().default(null),
      /** Empty = everybody's. */
      accountIds: ids,
      creatorIds: ids,
    })
    .prefault({}),
  /** Who stays with one variant. Requests without one take no part. */
  unit: z.enum(['creator', 'session']).default('creator'),
  variants: z.array(variant).max(8),
  /** Experiments of one group never see the same unit: each has a part of its 10,000 places. Null = independent of all others. */
  exclusive: z
    .strictObject({ group: name, from: z.int().min(0).max(10_000), to: z.int().min(0).max(10_000) })
    .nullable()
    .default(null),
  /** Share of the units that take part where there is no group, in basis points. */
  trafficBps: z.int().min(1).max(10_000).default(10_000),
  /** What decides. */
  primaryMetric: z.enum(experimentMetricNames),
  /** The smallest change of it that matters, as a share of the control's value. */
  minimumEffect: z.number().min(0.001).max(5).default(0.1),
  guardrails: z
    .array(guardrail)
    .max(experimentMetricNames.length)
    .default([
      { metric: 'error_rate', limitRatio: 1.25 },
      { metric: 'latency', limitRatio: 1.5 },
    ]),
  /** Chance of a winner or loser that is none, over all variants. */
  alpha: z.number().min(0.001).max(0.2).default(0.05),
  /** Chance that a guardrail stops a variant that is no worse, over all guardrails and variants. */
  guardrailAlpha: z.number().min(0.001).max(0.2).default(0.05),
  /** Wanted chance to notice the smallest change that matters. */
  power: z.number().min(0.5).max(0.99).default(0.8),
  /** No verdict before every variant has so many units with a value. */
  minimumUnits: z.int().min(30).max(1_000_000).default(100),
})

export type ExperimentPlan = z.output<typeof experimentPlan>
export type ExperimentPlanInput = z.input<typeof experimentPlan>
export type ExperimentVariant = ExperimentPlan['variants'][number]
export type VariantOverrides = z.output<typeof variantOverrides>
export type ExperimentGuardrail = ExperimentPlan['guardrails'][number]

/** The variants that are compared with the control. */
export function treatmentsOf({ variants }: Pick<ExperimentPlan, 'variants'>): readonly ExperimentVariant[] {
  return variants.slice(1)
}
