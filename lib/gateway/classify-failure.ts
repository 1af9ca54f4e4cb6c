import type {
  Failure,
  FailureClass,
  FailureEvidence,
  ProviderErrorBody,
  TimerName,
} from '#lib/gateway/failure'
import { failureTreatments } from '#lib/gateway/failure-treatments'
import { asRecord } from '#lib/gateway/json-fields'
import { readErrorBody } from '#lib/gateway/read-error-body'

export interface ClassifyContext {
  /** Is the deployment provisioned throughput? Its 429 means "full", not "sick". */
  provisioned: boolean
  /** For Retry-After given as a date: milliseconds since 1970. */
  nowMs: number
}

/**
 * Says what a failed attempt was and what may be done about it. The only place that reads provider errors.
 */
export function classifyFailure(evidence: FailureEvidence, context: ClassifyContext): Failure {
  switch (evidence.kind) {
    case 'http':
      return classifyHttp(evidence, context)
    case 'timeout':
      return ofClass(timerClasses[evidence.timer], {
        error: ownError(
          `No answer: the ${evidence.timer.replace('_', ' ')} time of ${evidence.afterMs} ms ran out.`,
          'timeout',
        ),
      })
    case 'stream_error':
      return ofClass(classOfProviderError(200, evidence.error), { error: evidence.error })
    case 'cancelled':
      return ofClass('cancelled', { error: ownError('The caller went away.', 'cancelled') })
    default:
      return ofClass(evidence.kind, { error: ownError(evidence.message, evidence.kind) })
  }
}

const timerClasses: Readonly<Record<TimerName, FailureClass>> = {
  connect: 'connect',
  attempt: 'attempt_timeout',
  first_token: 'first_token_timeout',
  idle: 'idle_timeout',
  total: 'total_timeout',
  deadline: 'deadline',
}

interface Known {
  error: ProviderErrorBody
  status?: number
  retryAfterMs?: number | null
}

function ofClass(failureClass: FailureClass, known: Known): Failure {
  const { sameAgain, nextCandidate, breakerSignal } = failureTreatments[failureClass]
  return {
    class: failureClass,
    sameAgain,
    nextCandidate,
    breakerSignal,
    retryAfterMs: known.retryAfterMs ?? null,
    status: known.status ?? null,
    error: known.error,
  }
}

function classifyHttp(
  evidence: Extract<FailureEvidence, { kind: 'http' }>,
  context: ClassifyContext,
): Failure {
  const error = readProviderError(evidence.status, evidence.body)
  const retryAfterMs = readRetryAfter(evidence.headers, context.nowMs)
  const base = classOfProviderError(evidence.status, error)
  const failureClass = base === 'rate_limited' && context.provisioned ? 'ptu_full' : base
  return ofClass(failureClass, { error, status: evidence.status, retryAfterMs })
}

const filterCodes = new Set(['content_filter', 'content_policy_violation', 'ResponsibleAIPolicyViolation'])

function classOfProviderError(status: number, error: ProviderErrorBody): FailureClass {
  if (isContentFilter(error)) return 'content_filter'
  if (isContextLength(error)) return 'context_length'
  if (status === 429 || error.type === 'rate_limit_error' || error.code === 'rate_limit_exceeded')
    return 'rate_limited'
  if (status === 401 || status === 403 || error.type === 'authentication_error') return 'credentials'
  if (status === 404) return 'not_found'
  if (status === 410) return 'retired'
  if (status === 529 || error.type === 'overloaded_error') return 'overloaded'
  if (status === 408 || status >= 500 || status < 400) return 'server_error'
  return 'invalid_request'
}

function isContentFilter(error: ProviderErrorBody): boolean {
  const inner = error.innererror
  const innerCode = typeof inner === 'object' && inner !== null && 'code' in inner ? inner.code : null
  return filterCodes.has(error.code ?? '') || (typeof innerCode === 'string' && filterCodes.has(innerCode))
}

function isContextLength(error: ProviderErrorBody): boolean {
  return (
    error.code === 'context_length_exceeded' ||
    /^prompt is too long|maximum context length/i.test(error.message)
  )
}

/**
 * The error object of a provider's body in any of the shapes seen: `{error: {…}}` (OpenAI, Azure, Anthropic),
 * `{error: "…"}`, Azure's bare gateway shape `{statusCode, message}`, or no JSON at all.
 */
export function readProviderError(status: number, body: string): ProviderErrorBody {
  const parsed = parseObject(body)
  if (!parsed)
    return {
      message: `The provider answered ${status} without saying why.`,
      type: null,
      param: null,
      code: null,
    }
  return readErrorBody(parsed.error ?? parsed)
}

function parseObject(body: string): Record<string, unknown> | null {
  try {
    return asRecord(JSON.parse(body))
  } catch {
    return null
  }
}

function ownError(message: string, code: string): ProviderErrorBody {
  return { message, type: 'server_error', param: null, code }
}

/**
 * Milliseconds asked for by `retry-after-ms`, `x-ms-retry-after-ms` or `retry-after` (seconds or HTTP date), the first
 * that is there and sensible; null when none is. Source: RFC 9110 §10.2.3 and Azure's 429 answers.
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const delayMs = readRetryDelay(headers)
  const value = headers['retry-after']
  if (delayMs !== null || value === undefined) return delayMs
  // `Date.parse` takes almost anything for a date; HTTP dates begin with a day name.
  const dateMs = /^[A-Z][a-z]{2},? /.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs)
}

/** The same where it is a delay and no date. */
export function readRetryDelay(headers: Readonly<Record<string, string>>): number | null {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = decimal(headers[name])
    if (ms !== null) return ms
  }
  const seconds = decimal(headers['retry-after'])
  return seconds === null ? null : seconds * 1000
}

function decimal(value: string | undefined): number | null {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : null
}
