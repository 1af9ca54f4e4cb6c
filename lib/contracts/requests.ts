import { z } from 'zod'
import { feedbackView } from '#lib/contracts/feedback'
import { picoUsd } from '#lib/contracts/money'

export const outcome = z.enum(['success', 'error', 'cancelled', 'cut'])

/** `GET /api/admin/requests` (and `/api/admin/requests.csv`, which takes the same filters and no cursor). */
export const requestsQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  outcome: outcome.optional(),
  tier: z.string().optional(),
  deploymentId: z.string().optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  accountId: z.string().optional(),
  creatorId: z.string().optional(),
  operation: z.string().optional(),
  /** A request, correlation or trace id; found whatever the other filters say. */
  id: z.string().optional(),
  /** Opaque; from `nextCursor`. */
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const requestRow = z.object({
  id: z.string(),
  accountId: z.string(),
  correlationId: z.string(),
  at: z.iso.datetime(),
  outcome,
  errorCode: z.string().nullable(),
  httpStatus: z.number(),
  operation: z.string(),
  kind: z.enum(['chat', 'embeddings']),
  requestedModel: z.string(),
  tier: z.string(),
  deploymentId: z.string(),
  provider: z.string(),
  region: z.string(),
  model: z.string(),
  streamed: z.boolean(),
  attempts: z.number(),
  firstTokenMs: z.number().nullable(),
  latencyMs: z.number(),
  overheadUs: z.number(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.number(),
  usageSource: z.enum(['provider', 'estimated', 'none']),
  /** Null = no price known for the model. */
  costPicoUsd: picoUsd.nullable(),
  creatorId: z.string().nullable(),
})

export const requestsPage = z.object({ rows: z.array(requestRow), nextCursor: z.string().nullable() })

export const attemptRow = z.object({
  sequence: z.number(),
  deploymentId: z.string(),
  provider: z.string(),
  region: z.string(),
  model: z.string(),
  outcome,
  failureClass: z.string().nullable(),
  httpStatus: z.number().nullable(),
  errorMessage: z.string().nullable(),
  offsetMs: z.number(),
  firstTokenMs: z.number().nullable(),
  durationMs: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costPicoUsd: picoUsd.nullable(),
  providerRequestId: z.string().nullable(),
  /** W3C ids and what a span says; null in rows of versions before traces. */
  spanId: z.string().nullable(),
  reason: z.string().nullable(),
  /** `half_open` = a probe; null = past the breakers. */
  breakerPhase: z.string().nullable(),
})

/** `GET /api/admin/requests/{id}` */
export const requestDetail = requestRow.extend({
  traceId: z.string(),
  spanId: z.string().nullable(),
  /** The caller's span; null when the trace began here. */
  parentSpanId: z.string().nullable(),
  /** Microseconds until the plan was made. */
  planUs: z.number().nullable(),
  plan: z.string(),
  apiKeyId: z.string().nullable(),
  sessionId: z.string().nullable(),
  finishReason: z.string().nullable(),
  cacheWriteTokens: z.number(),
  priceVersion: z.string().nullable(),
  planReasons: z.array(z.object({ deploymentId: z.string().nullable(), code: z.string(), text: z.string() })),
  /** Redacted; null unless storing prompts is switched on. */
  promptText: z.string().nullable(),
  answerText: z.string().nullable(),
  attemptRows: z.array(attemptRow),
  /** What was thought of the answer, oldest first. */
  feedback: z.array(feedbackView),
})

export type RequestsQuery = z.infer<typeof requestsQuery>
export type RequestRow = z.infer<typeof requestRow>
export type RequestsPage = z.infer<typeof requestsPage>
export type RequestDetail = z.infer<typeof requestDetail>
