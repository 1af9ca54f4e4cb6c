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
  overheadUs: number
  planReasons: readonly RouteReason[]
  promptText: string | null
  answerText: string | null
  attempts: readonly AttemptRecord[]
}

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
}
