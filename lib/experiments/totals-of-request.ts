import type { LedgerRecord } from '#lib/costs/ledger-record'
import { noUnitTotals, type UnitTotals } from '#lib/experiments/experiment-metrics'
import type { PlannedTrial } from '#lib/experiments/trial'

/**
 * What one ended request adds to its unit. An answer of a deployment that is none of the variant's is an error of the
 * variant, though its caller got one; a content filter's refusal is a refusal and no error; who went away is neither; a kept
 * answer says nothing about time or cost.
 */
export function totalsOfRequest(
  record: LedgerRecord,
  { overrides: { chain } }: Pick<PlannedTrial, 'overrides'>,
): UnitTotals {
  const isKept = record.attempts.length === 0 && record.outcome === 'success'
  const isOwn = chain.length === 0 || isKept || chain.flat().includes(record.deploymentId)
  const isRefused = record.finishReason === 'content_filter' || record.errorCode === 'content_filter'
  const isAnswered = record.outcome === 'success' && isOwn
  const isError = !isAnswered && !isRefused && record.outcome !== 'cancelled'
  const isTimed = isAnswered && !isKept
  const isStream = isTimed && record.streamed && record.firstTokenMs !== null
  const isPriced = isTimed && record.costPicoUsd !== null
  return {
    ...noUnitTotals,
    requests: 1,
    errors: isError ? 1 : 0,
    refusals: isRefused ? 1 : 0,
    answers: isTimed ? 1 : 0,
    latencyMs: isTimed ? record.latencyMs : 0,
    streams: isStream ? 1 : 0,
    firstTokenMs: isStream ? (record.firstTokenMs ?? 0) : 0,
    priced: isPriced ? 1 : 0,
    costNanoUsd: isPriced ? Number(record.costPicoUsd) / 1_000 : 0,
    inputTokens: isTimed ? record.usage.inputTokens : 0,
    outputTokens: isTimed ? record.usage.outputTokens : 0,
  }
}
