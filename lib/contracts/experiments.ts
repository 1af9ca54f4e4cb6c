import { z } from 'zod'
import { experimentMetricNames } from '#lib/experiments/experiment-metrics'
import { experimentPlan } from '#lib/experiments/experiment-plan'
import { experimentPhases } from '#lib/experiments/experiment-state'

const instant = z.iso.datetime()
const reason = z.string().trim().min(3).max(500)
const interval = z.object({ lower: z.number(), upper: z.number() })
const metric = z.enum(experimentMetricNames)

/** `POST /api/admin/experiments` (operator): a draft; with `start` it runs at once. */
export const createExperimentBody = z.strictObject({
  plan: experimentPlan,
  start: z.boolean().default(false),
  reason,
})

/** `POST /api/admin/experiments/{id}/start|stop|discard` (operator). */
export const moveExperimentBody = z.strictObject({
  reason,
  /** The version that the operator saw. */
  version: z.int().min(1),
})

/** `POST /api/admin/experiments/{id}/conclude` (operator): what was decided; null = none of them. */
export const concludeExperimentBody = moveExperimentBody.extend({
  variant: z.string().max(40).nullable(),
})

/** `POST /api/admin/experiments/{id}/promote` (operator): makes the winner's prompt and parameters a model version. */
export const promoteVariantBody = z.strictObject({ reason })
/** Its answer: deployments that serve what won, as a rollout's candidate. */
export const promotedVariant = z.object({ candidate: z.array(z.string()) })

const metricSide = z.object({
  units: z.number(),
  count: z.number(),
  mean: z.number().nullable(),
  interval: interval.nullable(),
})

/** In the metric's unit: rates and scores 0–1, times in ms, cost in USD. */
export const metricComparison = z.object({
  metric,
  control: metricSide,
  variant: metricSide,
  difference: z.number().nullable(),
  interval: interval.nullable(),
  minimumDifference: z.number().nullable(),
})

const guardrailReading = z.object({
  metric,
  status: z.enum(['unknown', 'good', 'doubtful', 'broken']),
  control: z.number().nullable(),
  variant: z.number().nullable(),
  limitRatio: z.number(),
  lnEvidence: z.number(),
  lnLimit: z.number(),
  text: z.string(),
})

const treatmentReading = z.object({
  name: z.string(),
  standing: z.enum(['collecting', 'better', 'worse', 'no_difference', 'inconclusive', 'stopped']),
  primary: metricComparison,
  /** Every other metric; not part of the verdict. */
  others: z.array(metricComparison),
  guardrails: z.array(guardrailReading),
  power: z
    .object({
      power: z.number(),
      unitsNeeded: z.number(),
      units: z.number(),
      remainingMs: z.number().nullable(),
    })
    .nullable(),
})

/** What an experiment says; of one that has ended, what it said then. */
export const experimentReading = z.object({
  kind: z.enum(['collecting', 'mismatch', 'winner', 'no_winner', 'no_difference', 'inconclusive']),
  sentence: z.string(),
  missing: z.string().nullable(),
  winner: z.string().nullable(),
  treatments: z.array(treatmentReading),
  sampleRatio: z.object({
    isMismatched: z.boolean(),
    lnEvidence: z.number(),
    lnLimit: z.number(),
    groups: z.array(z.object({ variant: z.string(), expected: z.number(), units: z.number() })),
  }),
})

export const experimentSummary = z.object({
  id: z.string(),
  name: z.string(),
  phase: z.enum(experimentPhases),
  version: z.number(),
  plan: experimentPlan,
  /** Treatments that were taken out: name → why. */
  stopped: z.record(z.string(), z.string()),
  createdAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  decision: z.string().nullable(),
  rolloutId: z.string().nullable(),
  exposures: z.number(),
  /** Null while it has not begun. */
  reading: experimentReading.nullable(),
})

/** `GET /api/admin/experiments` (viewer): running first, then newest. */
export const experimentsView = z.object({ experiments: z.array(experimentSummary) })

/** `GET /api/admin/experiments/{id}` (viewer). */
export const experimentDetail = experimentSummary.extend({
  events: z.array(
    z.object({
      id: z.string(),
      at: instant,
      kind: z.string(),
      variant: z.string().nullable(),
      reason: z.string(),
      actorId: z.string().nullable(),
    }),
  ),
  /** The metric that decides over time, by treatment. */
  readings: z.array(
    z.object({
      variant: z.string(),
      at: instant,
      units: z.number(),
      difference: z.number(),
      lower: z.number(),
      upper: z.number(),
    }),
  ),
})

export const createdExperiment = z.object({ id: z.string() })

export type CreateExperimentBody = z.output<typeof createExperimentBody>
export type CreateExperimentInput = z.input<typeof createExperimentBody>
export type MoveExperimentBody = z.infer<typeof moveExperimentBody>
export type PromoteVariantBody = z.infer<typeof promoteVariantBody>
export type ConcludeExperimentBody = z.infer<typeof concludeExperimentBody>
export type MetricComparisonView = z.infer<typeof metricComparison>
export type TreatmentView = z.infer<typeof experimentReading>['treatments'][number]
export type ExperimentReadingView = z.infer<typeof experimentReading>
export type ExperimentSummary = z.infer<typeof experimentSummary>
export type ExperimentDetail = z.infer<typeof experimentDetail>
export type ExperimentsView = z.infer<typeof experimentsView>
