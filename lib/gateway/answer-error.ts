import type { ErrorCode } from '#lib/contracts/error-catalogue'
import type { Failure, FailureClass } from '#lib/gateway/failure'

export interface TriedDeployment {
  deploymentId: string
  failure: Failure
}

export interface AnswerError {
  code: ErrorCode
  message: string
  param: string | null
  /** Status to answer with where the provider's own says more than the catalogue's. */
  status: number | null
  retryAfterMs: number | null
  innererror: unknown
}

/**
 * Which failure the caller hears of when several happened: the one it can do most about. From the highest:
 * its own mistakes (filter, length, refused request), then limits, then time, then everything else.
 */
const precedence: readonly FailureClass[] = [
  'content_filter',
  'context_length',
  'invalid_request',
  'refused',
  'cancelled',
  'rate_limited',
  'ptu_full',
  'overloaded',
  'deadline',
  'total_timeout',
  'first_token_timeout',
  'attempt_timeout',
  'idle_timeout',
  'cut_stream',
  'malformed',
  'server_error',
  'reset',
  'connect',
  'retired',
  'not_found',
  'credentials',
]

const codes: Readonly<Record<FailureClass, ErrorCode>> = {
  content_filter: 'content_filter',
  context_length: 'context_length_exceeded',
  invalid_request: 'provider_refused',
  refused: 'provider_refused',
  cancelled: 'cancelled',
  rate_limited: 'provider_rate_limited',
  ptu_full: 'provider_rate_limited',
  overloaded: 'provider_unavailable',
  deadline: 'provider_timeout',
  total_timeout: 'provider_timeout',
  first_token_timeout: 'provider_timeout',
  attempt_timeout: 'provider_timeout',
  idle_timeout: 'provider_timeout',
  cut_stream: 'stream_interrupted',
  malformed: 'provider_unavailable',
  server_error: 'provider_unavailable',
  reset: 'provider_unavailable',
  connect: 'provider_unavailable',
  retired: 'provider_unavailable',
  not_found: 'provider_unavailable',
  credentials: 'provider_unavailable',
}

const callersMistakes: ReadonlySet<FailureClass> = new Set([
  'content_filter',
  'context_length',
  'invalid_request',
  'refused',
])

/** Where no provider says when, a second is a sensible pause. */
const soonAgain: ReadonlySet<ErrorCode> = new Set(['provider_unavailable', 'provider_rate_limited'])

/** The error for the caller after every attempt failed. `tried` is in the order of the attempts, at least one. */
export function answerError(tried: readonly TriedDeployment[]): AnswerError {
  const worst = [...tried].sort((a, b) => rank(a) - rank(b))[0]
  if (!worst) throw new RangeError('answerError needs at least one failure')
  const { failure } = worst
  const own = callersMistakes.has(failure.class)
  const waits = tried.map((one) => one.failure.retryAfterMs).filter((ms) => ms !== null)
  return {
    code: codes[failure.class],
    message: own ? failure.error.message : `${sentence(codes[failure.class])} Tried: ${list(tried)}.`,
    param: own ? failure.error.param : null,
    status:
      own && failure.status !== null && failure.status >= 400 && failure.status < 500 ? failure.status : null,
    retryAfterMs: own
      ? null
      : waits.length > 0
        ? Math.min(...waits)
        : soonAgain.has(codes[failure.class])
          ? 1000
          : null,
    innererror: own ? failure.error.innererror : undefined,
  }
}

function rank({ failure }: TriedDeployment): number {
  return precedence.indexOf(failure.class)
}

function sentence(code: ErrorCode): string {
  if (code === 'provider_rate_limited') return 'Every provider route is at its limit; try again later.'
  if (code === 'provider_timeout') return 'No provider route answered in time; try again.'
  if (code === 'stream_interrupted') return 'The answer was cut before its end; try again.'
  return 'No provider route answered; try again.'
}

function list(tried: readonly TriedDeployment[]): string {
  return tried
    .map(
      ({ deploymentId, failure }) =>
        `${deploymentId} (${failure.class}${failure.status ? ` ${failure.status}` : ''})`,
    )
    .join(', ')
}
