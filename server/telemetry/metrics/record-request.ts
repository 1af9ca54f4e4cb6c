import type { AttemptRecord, LedgerRecord } from '#lib/costs/ledger-record'
import { providerName } from '#lib/telemetry/metric-list'
import type { Metrics } from '#server/telemetry/metrics/open-metrics'

const picoUsdPerUsd = 1e12

/** Counts an ended request and its attempts. */
export function recordRequest(metrics: Metrics, record: LedgerRecord): void {
  const { kind, tier, deploymentId } = record
  const request = { 'gen_ai.operation.name': kind, 'huntaze.tier': tier }
  metrics.record('requestDuration', record.latencyMs / 1000, {
    ...request,
    'huntaze.outcome': record.outcome,
    ...(record.errorCode === null ? {} : { 'error.type': record.errorCode }),
  })
  if (record.firstTokenMs !== null) metrics.record('requestFirstToken', record.firstTokenMs / 1000, request)
  metrics.record('overhead', record.overheadUs / 1e6, { 'gen_ai.operation.name': kind })
  if (record.costPicoUsd === null) metrics.count('unpriced', 1, { 'huntaze.deployment': deploymentId })
  if (record.provider !== 'azure-openai' && record.planReasons.some(({ code }) => code === 'rollback')) {
    metrics.count('rolledBack', 1, { 'huntaze.tier': tier, 'huntaze.outcome': record.outcome })
  }
  recordCache(metrics, record)
  // An answer that was given again names the usage that it once had; no provider was asked.
  if (record.attempts.length > 0 && record.usage.cachedInputTokens > 0)
    metrics.count('cachedTokens', record.usage.cachedInputTokens, {
      'gen_ai.operation.name': kind,
      'gen_ai.provider.name': providerName(record.provider),
      'gen_ai.request.model': record.model,
      'huntaze.deployment': deploymentId,
    })
  for (const attempt of record.attempts) recordAttempt(metrics, kind, attempt)
}

function recordCache(metrics: Metrics, { tier, planReasons }: LedgerRecord): void {
  for (const { cache, savedPicoUsd } of planReasons) {
    if (cache === undefined) continue
    if (cache === 'stale') metrics.count('repeatedAnswers', 1, { 'huntaze.tier': tier })
    else metrics.count('cacheLookups', 1, { 'huntaze.tier': tier, 'huntaze.cache': cache })
    if (savedPicoUsd !== undefined)
      metrics.count('cacheSavings', Number(savedPicoUsd) / picoUsdPerUsd, { 'huntaze.tier': tier })
  }
}

function recordAttempt(metrics: Metrics, kind: LedgerRecord['kind'], attempt: AttemptRecord): void {
  const deployment = { 'huntaze.deployment': attempt.deploymentId }
  const call = {
    'gen_ai.operation.name': kind,
    'gen_ai.provider.name': providerName(attempt.provider),
    'gen_ai.request.model': attempt.model,
    ...deployment,
  }
  metrics.record('callDuration', attempt.durationMs / 1000, {
    ...call,
    ...(attempt.failureClass === null ? {} : { 'error.type': attempt.failureClass }),
  })
  if (attempt.firstTokenMs !== null) metrics.record('callFirstChunk', attempt.firstTokenMs / 1000, call)
  if (attempt.inputTokens + attempt.outputTokens > 0) {
    metrics.record('callTokens', attempt.inputTokens, { ...call, 'gen_ai.token.type': 'input' })
    metrics.record('callTokens', attempt.outputTokens, { ...call, 'gen_ai.token.type': 'output' })
  }
  metrics.count('attempts', 1, {
    ...deployment,
    'huntaze.reason': attempt.reason ?? 'first',
    'huntaze.outcome': attempt.outcome,
  })
  if (attempt.costPicoUsd !== null && attempt.costPicoUsd !== '0') {
    metrics.count('cost', Number(attempt.costPicoUsd) / picoUsdPerUsd, {
      ...deployment,
      'gen_ai.request.model': attempt.model,
    })
  }
}
