import { z } from 'zod'

/** Every way in which the simulator can be told to misbehave. */
export const SIMULATOR_FAULT_KINDS = [
  'latency',
  'rate_limited',
  'rate_limited_bare',
  'ptu_full',
  'server_error',
  'reset',
  'silent',
  'slow_first_token',
  'stall',
  'cut',
  'end_early',
  'malformed_event',
  'missing_done',
  'error_in_stream',
  'content_filter',
  'content_filter_completion',
  'context_length',
  'unauthorized',
  'forbidden',
  'not_found',
  'bare_not_found',
  'retired',
  'float_embeddings',
  'region_dark',
] as const

const LONGEST_WAIT_MS = 86_400_000

/**
 * One scripted fault. `deployment` is the name on the wire (in the URL, or `model` of the body), or a wider
 * or narrower target: `*` (everything), `region:westeurope`, `provider:azure|openai|anthropic`, or
 * `westeurope/gpt-4-turbo-prod` (one twin only). The narrowest live fault wins. `expiresAtMs` is epoch
 * milliseconds: a fault always ends, so a forgotten one cannot outlive its drill. `afterTokens` counts
 * content chunks; where an answer does not stream, the body breaks half-way instead.
 */
export const simulatorFaultSchema = z.strictObject({
  deployment: z.string().min(1).max(200),
  kind: z.enum(SIMULATOR_FAULT_KINDS),
  probability: z.number().min(0).max(1).default(1),
  count: z.int().positive().optional(),
  afterTokens: z.int().nonnegative().optional(),
  delayMs: z.int().nonnegative().max(LONGEST_WAIT_MS).optional(),
  retryAfterMs: z.int().nonnegative().max(LONGEST_WAIT_MS).optional(),
  status: z.int().min(500).max(599).optional(),
  expiresAtMs: z.number().nonnegative(),
})

/** A fault as callers write it: `probability` may be left out (1). */
export type SimulatorFault = z.input<typeof simulatorFaultSchema>

/** Name of one kind of fault. */
export type SimulatorFaultKind = (typeof SIMULATOR_FAULT_KINDS)[number]

/**
 * How a deployment spends its time: wait before the first token, then tokens at a steady rate, both varied by
 * ±`jitter` (0..1). `tokensPerSecond: Infinity` means no timers at all.
 */
export const latencyModelSchema = z.strictObject({
  firstTokenMs: z.number().nonnegative(),
  tokensPerSecond: z.union([z.number().positive(), z.literal(Number.POSITIVE_INFINITY)]),
  jitter: z.number().min(0).max(1),
})
export type LatencyModel = z.infer<typeof latencyModelSchema>

/**
 * Limits of one deployment. Tokens are charged at admission from an estimate (prompt characters / 4 plus
 * `max_tokens`), per minute. `requestWindowSeconds` is the window in which requests are counted (Azure uses 1
 * or 10): the room in it is `requestsPerMinute` scaled down, at least one.
 */
export const deploymentLimitsSchema = z.strictObject({
  tokensPerMinute: z.int().positive(),
  requestsPerMinute: z.int().positive(),
  requestWindowSeconds: z.union([z.literal(1), z.literal(10), z.literal(60)]).default(60),
})
export type DeploymentLimits = z.input<typeof deploymentLimitsSchema>

/** Behaviour of the identity endpoints; what is left out stays as it is. */
export const identitySettingsSchema = z.strictObject({
  expiresInSeconds: z.int().positive().max(86_400).optional(),
  delayMs: z.int().nonnegative().max(60_000).optional(),
  failNextRequests: z.int().nonnegative().optional(),
})
export type IdentitySettings = z.infer<typeof identitySettingsSchema>

/** Behaviour of the resource manager; what is left out stays as it is. */
export const armSettingsSchema = z.strictObject({
  /** How often an operation that is asked after says that it is in progress before it ends. */
  inProgressPolls: z.int().nonnegative().max(1_000).optional(),
  /** Sent while an operation is in progress. */
  retryAfterSeconds: z.int().nonnegative().max(3_600).optional(),
  /** Units that all deployments of a subscription may have together; null = no bound. */
  quotaUnits: z.int().nonnegative().nullable().optional(),
  failNextOperations: z.int().nonnegative().optional(),
  /** After so long an operation that nobody asks after has ended. */
  longestMs: z.int().nonnegative().max(3_600_000).optional(),
})
export type ArmSettings = z.infer<typeof armSettingsSchema>

/** Behaviour of files and fine-tuning; what is left out stays as it is. */
export const trainingSettingsSchema = z.strictObject({
  /** How long a job takes from its creation to its result. */
  jobMs: z.int().nonnegative().max(86_400_000).optional(),
  /** Jobs that will fail in the middle of their training. */
  failNextJobs: z.int().nonnegative().optional(),
  /** Requests of files and jobs that are answered with 503. */
  failNextRequests: z.int().nonnegative().optional(),
})
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>
