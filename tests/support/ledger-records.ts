import type { AttemptRecord, LedgerRecord } from '#lib/costs/ledger-record'

/** An attempt that succeeded, with the given differences. */
export function anAttempt(changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    deploymentId: 'we-premium',
    provider: 'azure-openai',
    region: 'westeurope',
    model: 'gpt-4-turbo',
    outcome: 'success',
    failureClass: null,
    httpStatus: 200,
    errorMessage: null,
    offsetMs: 1,
    firstTokenMs: null,
    durationMs: 118,
    inputTokens: 100,
    outputTokens: 50,
    costPicoUsd: '2500000000',
    providerRequestId: 'upstream-1',
    spanId: '00f067aa0ba902b7',
    reason: 'first',
    breakerPhase: 'closed',
    ...changes,
  }
}

/** The record of a request that succeeded, with the given differences. */
export function aRecord(id: string, changes: Partial<LedgerRecord> = {}): LedgerRecord {
  return {
    id,
    accountId: 'acc_1',
    startedAtMs: Date.UTC(2026, 10, 23, 12, 0, 0, 123),
    correlationId: id,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: null,
    plan: 'pro',
    apiKeyId: 'key_1',
    creatorId: null,
    sessionId: null,
    operation: 'chat',
    kind: 'chat',
    requestedModel: 'premium',
    tier: 'premium',
    deploymentId: 'we-premium',
    provider: 'azure-openai',
    region: 'westeurope',
    model: 'gpt-4-turbo',
    streamed: false,
    outcome: 'success',
    errorCode: null,
    httpStatus: 200,
    finishReason: 'stop',
    usage: {
      inputTokens: 100,
      cachedInputTokens: 20,
      cacheWriteTokens: 0,
      outputTokens: 50,
      reasoningTokens: 10,
      source: 'provider',
    },
    priceVersion: '2026-09-23',
    costPicoUsd: '2500000000',
    firstTokenMs: null,
    latencyMs: 120,
    planUs: 310,
    overheadUs: 480,
    planReasons: [
      { deploymentId: 'we-premium', code: 'tier_chain', text: 'first in the chain of tier premium' },
    ],
    promptText: null,
    answerText: null,
    attempts: [anAttempt()],
    ...changes,
  }
}
