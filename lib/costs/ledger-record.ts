import type { FailureClass } from '#lib/gateway/failure'
import type { RouteReason } from '#lib/gateway/route-plan'
import type { FinishReason, Usage } from '#lib/gateway/usage'

export type Outcome = 'success' | 'error' | 'cancelled' | 'cut'

/** Everything the ledger keeps of one ended request; what the ledger writer takes and the journal holds. */
export interface LedgerRecord {
  id: string
  accountId: string
  /** Milliseconds since 1970; together with account and id it identifies the record, also on replay. */
  startedAtMs: number
  correlationId: string
  traceId: string
  /** W3C span ids (16 hex digits) of the request and of the caller's span, if it sent one. */
  spanId: string | null
  parentSpanId: string | null
  plan: string
  apiKeyId: string | null
  creatorId: string | null
  sessionId: string | null
  operation: string
  kind: 'chat' | 'embeddings'
  requestedModel: string
  tier: string
  deploymentId: string
  provider: string
  region: string
  model: string
  streamed: boolean
  outcome: Outcome
  errorCode: string | null
  httpStatus: number
  finishReason: FinishReason | null
  usage: Usage
  priceVersion: string | null
  /** Decimal digits of pico-USD (bigint does not survive JSON); null when unpriced. */
  costPicoUsd: string | null
  firstTokenMs: number | null
  latencyMs: number
  /** Microseconds from the request's start until its plan was made. */
  planUs: number | null
  overheadUs: number
  planReasons: readonly RouteReason[]
  promptText: string | null
  answerText: string | null
  attempts: readonly AttemptRecord[]
}

/** Why a deployment was asked: first of all, once more, instead of another, or beside one that is slow. */
export type AttemptReason = 'first' | 'retry' | 'fallback' | 'spillover' | 'hedge'

export interface AttemptRecord {
  deploymentId: string
  provider: string
  region: string
  model: string
  outcome: Outcome
  failureClass: FailureClass | null
  httpStatus: number | null
  errorMessage: string | null
  offsetMs: number
  firstTokenMs: number | null
  durationMs: number
  inputTokens: number
  outputTokens: number
  costPicoUsd: string | null
  providerRequestId: string | null
  /** W3C span id, the one in the `traceparent` that the provider saw. */
  spanId: string | null
  reason: AttemptReason | null
  /** `half_open` = it was a probe; null = past the breakers. */
  breakerPhase: 'closed' | 'half_open' | null
}
