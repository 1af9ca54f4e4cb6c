import { type ErrorCode, errorCatalogue } from '#lib/contracts/error-catalogue'
import type { Problem } from '#lib/contracts/status'
import { AppError } from '#server/http/app-error'
import { safeError } from '#server/telemetry/safe-cause'

/** OpenAI's error object (data plane). */
export function openAiErrorBody(error: AppError): { error: Record<string, unknown> } {
  return {
    error: {
      message: error.message,
      type: errorCatalogue[error.code].type,
      param: error.details.param ?? null,
      code: error.code,
      ...error.details.extra,
    },
  }
}

/** RFC 9457 problem details (control plane). */
export function problemBody(error: AppError, requestId: string): Problem {
  return {
    type: 'about:blank',
    title: errorCatalogue[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.details.errors ? { errors: [...error.details.errors] } : {}),
  }
}

/** Anything thrown, as an error of the catalogue. What is not ours becomes `internal_error` with what may be said of its cause. */
export function toAppError(thrown: unknown): AppError {
  if (AppError.is(thrown)) return thrown
  return new AppError('internal_error', {
    message: 'Something failed here. The log has the details under this request id; trying again may help.',
    cause: safeError(thrown),
  })
}

function retryHeaders(error: AppError): Record<string, string> {
  const waitMs = error.details.retryAfterMs
  if (waitMs === undefined) return {}
  // Never later than the next probe of an open breaker; a rate limit, never earlier than its window.
  const seconds =
    error.code === 'provider_unavailable' ? Math.floor(waitMs / 1000) : Math.max(1, Math.ceil(waitMs / 1000))
  return {
    'retry-after': String(seconds),
    'retry-after-ms': String(Math.ceil(waitMs)),
  }
}

/** Headers that go with an error, whatever its body's shape. */
export function errorHeaders(error: AppError, requestId: string): Record<string, string> {
  return {
    'x-request-id': requestId,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...retryHeaders(error),
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...error.details.headers,
  }
}

export function openAiErrorResponse(error: AppError, requestId: string): Response {
  return Response.json(openAiErrorBody(error), {
    status: error.status,
    headers: errorHeaders(error, requestId),
  })
}

export function problemResponse(error: AppError, requestId: string): Response {
  return new Response(JSON.stringify(problemBody(error, requestId)), {
    status: error.status,
    headers: { ...errorHeaders(error, requestId), 'content-type': 'application/problem+json' },
  })
}

/** Is the error the caller's mistake (logged at `info`) or ours (logged at `error`)? */
export function isCallersFault(code: ErrorCode): boolean {
  return errorCatalogue[code].status < 500
}
