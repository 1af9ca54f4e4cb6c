import type { LedgerRecord } from '../../lib/costs/ledger-record.ts'

/** Where a record of the bench belongs; everything else follows from its index. */
export interface RecordPlace {
  readonly index: number
  readonly startedAtMs: number
  /** The account whose usage is asked for later; it gets every tenth record. */
  readonly accountId: string
}

interface Operation {
  readonly operation: string
  readonly tier: string
  readonly deploymentId: string
  readonly model: string
  readonly costPicoUsd: bigint
}

const premium = {
  tier: 'premium',
  deploymentId: 'we-premium',
  model: 'gpt-4-turbo',
  costPicoUsd: 4_800_000_000n,
}
const standard = {
  tier: 'standard',
  deploymentId: 'we-standard',
  model: 'gpt-4',
  costPicoUsd: 10_560_000_000n,
}
const economy = {
  tier: 'economy',
  deploymentId: 'we-economy',
  model: 'gpt-35-turbo',
  costPicoUsd: 240_000_000n,
}
const chat = { operation: 'chat', ...standard }
const OPERATIONS: readonly Operation[] = [
  chat,
  { operation: 'messaging', ...standard },
  { operation: 'analytics', ...premium },
  { operation: 'sales', ...economy },
  { operation: 'compliance', ...economy },
]
const ACCOUNTS = 40
const CREATORS_OF_AN_ACCOUNT = 10

/**
 * A number from 0 to `below` − 1 that looks random and is the same in every run; another `salt` gives another,
 * independent one.
 */
function spread(index: number, salt: number, below: number): number {
  const first = Math.imul((index + 1) ^ (salt << 24), 2_654_435_761)
  const second = Math.imul(first ^ (first >>> 15), 2_246_822_519)
  return ((second ^ (second >>> 13)) >>> 0) % below
}

/**
 * One plausible ended request: 40 accounts of ten creators, three tiers, five operations, 2 % errors, 30 % streams,
 * one attempt each. The same index gives the same record.
 */
export function makeRecord({ index, startedAtMs, accountId }: RecordPlace): LedgerRecord {
  const { operation, tier, deploymentId, model, costPicoUsd } =
    OPERATIONS[spread(index, 1, OPERATIONS.length)] ?? chat
  const account = index % 10 === 0 ? 0 : 1 + spread(index, 2, ACCOUNTS - 1)
  const isError = spread(index, 3, 50) === 0
  const latencyMs = 300 + spread(index, 4, 4_000)
  const streamed = spread(index, 5, 10) < 3
  const firstTokenMs = streamed && !isError ? 80 + spread(index, 6, 200) : null
  const tokens = isError
    ? { input: 0, output: 0 }
    : { input: 96 + spread(index, 7, 1_500), output: 20 + spread(index, 8, 400) }
  const outcome = isError ? 'error' : 'success'
  const served = { deploymentId, provider: 'azure-openai', region: 'westeurope', model }
  const cost = isError ? '0' : String(costPicoUsd)
  const id = `req_bench${index.toString(36).padStart(12, '0')}`
  return {
    id,
    accountId: account === 0 ? accountId : `acc_bench${account}`,
    startedAtMs,
    correlationId: id,
    traceId: index.toString(16).padStart(32, '0'),
    spanId: index.toString(16).padStart(16, '0'),
    parentSpanId: null,
    plan: 'unlimited',
    apiKeyId: null,
    creatorId: `creator_${account}_${spread(index, 9, CREATORS_OF_AN_ACCOUNT)}`,
    sessionId: null,
    operation,
    kind: 'chat',
    requestedModel: tier,
    tier,
    ...served,
    streamed,
    outcome,
    errorCode: isError ? 'provider_error' : null,
    httpStatus: isError ? 502 : 200,
    finishReason: isError ? null : 'stop',
    usage: {
      inputTokens: tokens.input,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: tokens.output,
      reasoningTokens: 0,
      source: isError ? 'none' : 'provider',
    },
    priceVersion: 'bench',
    costPicoUsd: cost,
    firstTokenMs,
    latencyMs,
    planUs: 200,
    overheadUs: 400 + spread(index, 10, 600),
    planReasons: [{ deploymentId, code: 'tier_chain', text: `first in the chain of tier ${tier}` }],
    promptText: null,
    answerText: null,
    attempts: [
      {
        ...served,
        outcome,
        failureClass: isError ? 'server_error' : null,
        httpStatus: isError ? 500 : 200,
        errorMessage: null,
        offsetMs: 1,
        firstTokenMs,
        durationMs: latencyMs - 1,
        inputTokens: tokens.input,
        outputTokens: tokens.output,
        costPicoUsd: cost,
        providerRequestId: null,
        spanId: index.toString(16).padStart(16, '1'),
        reason: 'first',
        breakerPhase: 'closed',
      },
    ],
  }
}
