import type { AttemptRecord, LedgerRecord } from '#lib/costs/ledger-record'
import { providerName } from '#lib/telemetry/metric-list'

export type SpanAttributes = Record<string, string | number | boolean>

/** One span of a request's trace, in no SDK's shape. */
export interface SpanData {
  name: string
  /** The request as a server sees it, planning inside, a call to a provider. */
  kind: 'server' | 'internal' | 'client'
  traceId: string
  spanId: string
  /** Null for the root of a trace that began here. */
  parentSpanId: string | null
  /** Milliseconds since 1970. */
  startedAtMs: number
  durationMs: number
  /** Null = all went well; else what did not, in the provider's or our own words. */
  error: string | null
  attributes: SpanAttributes
}

const routes = { chat: '/api/v1/chat/completions', embeddings: '/api/v1/embeddings' } as const
const picoUsdPerUsd = 1e12

/**
 * The spans of an ended request: itself, its plan, its attempts. Names with `gen_ai.` are those of OpenTelemetry's
 * conventions of generative AI (in development), `huntaze.` are ours and listed in docs/telemetry.md. Tokens and cost
 * stand on the attempts, where they arose, and as totals on the request under names of their own, so that a sum over
 * either kind of span counts nothing twice. Empty for a record without a span id.
 */
export function requestSpans(record: LedgerRecord): SpanData[] {
  const { spanId } = record
  if (spanId === null) return []
  const tagged = { ...record, spanId }
  return [
    requestSpan(tagged),
    planSpan(tagged),
    ...record.attempts.flatMap((attempt, index) => attemptSpan(tagged, { attempt, sequence: index + 1 })),
  ]
}

type Traced = LedgerRecord & { spanId: string }

function requestSpan(record: Traced): SpanData {
  const { usage } = record
  const cost = record.costPicoUsd
  return {
    name: `POST ${routes[record.kind]}`,
    kind: 'server',
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.parentSpanId,
    startedAtMs: record.startedAtMs,
    durationMs: record.latencyMs,
    error: record.outcome === 'success' ? null : (record.errorCode ?? record.outcome),
    attributes: present({
      'http.request.method': 'POST',
      'http.route': routes[record.kind],
      'http.response.status_code': record.httpStatus,
      ...callerAttributes(record),
      'gen_ai.request.model': record.requestedModel,
      'gen_ai.response.finish_reasons': record.finishReason,
      // Azure's exporter drops `error.type`, so it is told twice.
      'error.type': record.errorCode,
      'huntaze.failure': record.errorCode,
      'huntaze.model': record.model,
      'huntaze.deployment': record.deploymentId,
      'huntaze.region': record.region,
      'huntaze.outcome': record.outcome,
      'huntaze.attempts': record.attempts.length,
      'huntaze.streamed': record.streamed,
      'huntaze.time_to_first_token_ms': record.firstTokenMs,
      'huntaze.overhead_ms': record.overheadUs / 1000,
      'huntaze.total.input_tokens': usage.inputTokens,
      'huntaze.total.output_tokens': usage.outputTokens,
      'huntaze.total.cost_usd': cost === null ? null : Number(cost) / picoUsdPerUsd,
      'huntaze.total.cost_pico_usd': cost,
      'huntaze.usage_source': usage.source,
    }),
  }
}

function planSpan(record: Traced): SpanData {
  return {
    name: 'plan',
    kind: 'internal',
    traceId: record.traceId,
    spanId: planSpanId(record.spanId),
    parentSpanId: record.spanId,
    startedAtMs: record.startedAtMs,
    durationMs: (record.planUs ?? 0) / 1000,
    error: null,
    attributes: present({
      ...callerAttributes(record),
      'huntaze.plan.reasons': record.planReasons
        .map(({ deploymentId, code }) => (deploymentId === null ? code : `${deploymentId}: ${code}`))
        .join('; '),
    }),
  }
}

function attemptSpan(
  record: Traced,
  { attempt, sequence }: { attempt: AttemptRecord; sequence: number },
): SpanData[] {
  const { spanId } = attempt
  if (spanId === null) return []
  const ok = attempt.outcome === 'success'
  return [
    {
      name: `${record.kind} ${attempt.model}`,
      kind: 'client',
      traceId: record.traceId,
      spanId,
      parentSpanId: record.spanId,
      startedAtMs: record.startedAtMs + attempt.offsetMs,
      durationMs: attempt.durationMs,
      error: ok ? null : (attempt.errorMessage ?? attempt.failureClass ?? attempt.outcome),
      attributes: attemptAttributes(record, { attempt, sequence }),
    },
  ]
}

function attemptAttributes(
  record: Traced,
  { attempt, sequence }: { attempt: AttemptRecord; sequence: number },
): SpanAttributes {
  const cost = attempt.costPicoUsd
  return present({
    ...callerAttributes(record),
    'gen_ai.provider.name': providerName(attempt.provider),
    'gen_ai.request.model': attempt.model,
    'gen_ai.response.id': attempt.providerRequestId,
    'gen_ai.usage.input_tokens': attempt.inputTokens,
    'gen_ai.usage.output_tokens': attempt.outputTokens,
    'error.type': attempt.failureClass,
    'huntaze.failure': attempt.failureClass,
    'huntaze.cost_usd': cost === null ? null : Number(cost) / picoUsdPerUsd,
    'huntaze.cost_pico_usd': cost,
    'huntaze.deployment': attempt.deploymentId,
    'huntaze.region': attempt.region,
    'huntaze.outcome': attempt.outcome,
    'huntaze.attempt.sequence': sequence,
    'huntaze.attempt.reason': attempt.reason,
    'huntaze.attempt.http_status': attempt.httpStatus,
    'huntaze.attempt.time_to_first_token_ms': attempt.firstTokenMs,
    'huntaze.breaker.phase': attempt.breakerPhase,
  })
}

/** Who asked and for what: on every span, so that none has to be joined for it. */
function callerAttributes(record: LedgerRecord) {
  return {
    'gen_ai.operation.name': record.kind,
    'gen_ai.conversation.id': record.sessionId,
    'huntaze.request_id': record.id,
    'huntaze.correlation_id': record.correlationId,
    'huntaze.account_id': record.accountId,
    'huntaze.creator_id': record.creatorId,
    'huntaze.operation': record.operation,
    'huntaze.tier': record.tier,
  }
}

/** The plan's span, which nobody outside calls by its id: the request's with its last bit turned. */
export function planSpanId(requestSpanId: string): string {
  const last = Number.parseInt(requestSpanId.slice(-1), 16) ^ 1
  return requestSpanId.slice(0, -1) + last.toString(16)
}

function present(attributes: Readonly<Record<string, string | number | boolean | null>>): SpanAttributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, string | number | boolean] => entry[1] !== null && entry[1] !== '',
    ),
  )
}
