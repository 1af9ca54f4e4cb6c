import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { jobStates } from '#lib/models/fine-tuning-state'
import { exampleMessages } from '#lib/models/training-example'

const reason = z.string().trim().min(3).max(500)
const person = z.string().trim().min(1).max(200)
const instant = z.iso.datetime()

/** `POST /api/v1/training/consents` (scope `training`): what a creator, or a fan towards a creator, said. */
export const consentBody = z.strictObject({
  creatorId: person,
  /** Absent = the creator themselves. */
  fanId: person.nullish(),
  granted: z.boolean(),
  /** Where it was said: a form, a setting, a letter. */
  evidence: z.string().trim().min(3).max(300),
})

/** `POST /api/v1/training/examples` (scope `training`): examples of one creator, of a fan or of nobody else. */
export const examplesBody = z.strictObject({
  creatorId: person,
  fanId: person.nullish(),
  examples: z
    .array(z.strictObject({ messages: exampleMessages }))
    .min(1)
    .max(500),
})

/** `POST /api/admin/training/consents` (operator) */
export const adminConsentBody = consentBody.extend({
  accountId: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"'),
  reason,
})

/** `POST /api/admin/training/examples?reason=…` (operator); the body is the file. */
export const uploadQuery = z.strictObject({ reason })

/** What became of examples that were handed in. */
export const addedExamples = z.object({
  added: z.number(),
  duplicates: z.number(),
  /** Of persons who did not consent. */
  refused: z.number(),
  /** Places in which something was hidden before it was stored. */
  redactions: z.number(),
})

/** `POST /api/admin/fine-tuning` (operator) */
export const createJobBody = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{2,18}$/, 'must be 2 to 18 small letters, digits or "-"'),
  accountId: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"'),
  /** Null = of all creators of the account. */
  creatorId: person.nullable().default(null),
  baseVersionId: z.string().min(1).max(100),
  region: z.string().min(1).max(100),
  sku: z.enum(['Standard', 'GlobalStandard', 'DataZoneStandard']).default('Standard'),
  /** Of the deployment of the result, in thousand tokens a minute. */
  units: z.int().min(1).max(10_000).default(10),
  /** Null = as the provider chooses. */
  epochs: z.int().min(1).max(10).nullable().default(null),
  /** Share of the examples that it is tried on and not trained on. */
  heldOutBps: z.int().min(500).max(5_000).default(2_000),
  reason,
})

/** `POST /api/admin/fine-tuning/{id}/cancel` and `/retire` */
export const jobReasonBody = z.strictObject({ reason })

const side = z.object({
  answers: z.number(),
  errors: z.number(),
  quality: z.number().nullable(),
  similarity: z.number().nullable(),
  refusals: z.number(),
  jsonValid: z.number().nullable(),
  lengthRatio: z.number().nullable(),
  latencyMs: z.number().nullable(),
  costPicoUsd: picoUsd.nullable(),
})

export const evaluationSummary = z.object({
  pairs: z.number(),
  base: side,
  tuned: side,
  difference: z
    .object({ mean: z.number(), interval: z.object({ lower: z.number(), upper: z.number() }) })
    .nullable(),
  verdict: z.enum(['better', 'worse', 'inconclusive']),
  text: z.string(),
})

export const jobView = z.object({
  id: z.string(),
  name: z.string(),
  accountId: z.string(),
  creatorId: z.string().nullable(),
  baseVersionId: z.string(),
  baseModel: z.string(),
  region: z.string(),
  state: z.enum(jobStates),
  /** Of the whole way, 0–1. */
  progress: z.number(),
  providerStatus: z.string().nullable(),
  trainExamples: z.number().nullable(),
  heldOutExamples: z.number().nullable(),
  trainedTokens: z.number().nullable(),
  /** Null when the price book does not know what training costs. */
  costPicoUsd: picoUsd.nullable(),
  tunedModel: z.string().nullable(),
  versionId: z.string().nullable(),
  deploymentId: z.string().nullable(),
  evaluation: evaluationSummary.nullable(),
  error: z.string().nullable(),
  createdAt: instant,
  createdBy: z.string(),
  finishedAt: instant.nullable(),
  simulated: z.boolean(),
})

/** `GET /api/admin/fine-tuning`: newest first, at most 100. */
export const jobsView = z.object({ jobs: z.array(jobView) })

/** `GET /api/admin/fine-tuning/{id}`: with its events, newest first. */
export const jobDetail = jobView.extend({
  events: z.array(
    z.object({
      id: z.string(),
      at: instant,
      level: z.enum(['info', 'warn', 'error']),
      message: z.string(),
      data: z.record(z.string(), z.number()).nullable(),
    }),
  ),
})

/** `GET /api/admin/training`: who consented, and what there is to train on. */
export const trainingView = z.object({
  consents: z.array(
    z.object({
      accountId: z.string(),
      creatorId: z.string(),
      fanId: z.string().nullable(),
      granted: z.boolean(),
      evidence: z.string(),
      changedAt: instant,
      /** Examples that it lets be used; those of the creator count their fans' too. */
      examples: z.number(),
    }),
  ),
  /** Consents beyond those listed. */
  more: z.number(),
  totals: z.object({ creators: z.number(), fans: z.number(), examples: z.number() }),
})

export type ConsentBody = z.infer<typeof consentBody>
export type ExamplesBody = z.infer<typeof examplesBody>
export type AddedExamples = z.infer<typeof addedExamples>
export type CreateJobBody = z.infer<typeof createJobBody>
export type JobView = z.infer<typeof jobView>
export type JobDetail = z.infer<typeof jobDetail>
export type TrainingView = z.infer<typeof trainingView>
export type EvaluationView = z.infer<typeof evaluationSummary>
