import { answerError } from '#lib/gateway/answer-error'
import type { Failure } from '#lib/gateway/failure'
import { type GatewayRun, type RunEnd, settleRun } from '#server/gateway/gateway-run'
import { AppError } from '#server/http/app-error'
import { toAppError } from '#server/http/error-response'

/** The error for the caller of a run of which no attempt answered. */
export function runError(run: GatewayRun): AppError {
  const cause = run.abort.cause()
  if (run.tried.length === 0 || cause === 'shutdown') {
    return cause === 'caller'
      ? new AppError('cancelled', { message: 'The caller went away before an answer was there.' })
      : new AppError('shutting_down', {
          message: 'This instance is shutting down; send the request again.',
          retryAfterMs: 1000,
        })
  }
  const error = answerError(run.tried)
  return new AppError(error.code, {
    message: error.message,
    ...(error.param === null ? {} : { param: error.param }),
    ...(error.status === null ? {} : { status: error.status }),
    ...(error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs }),
    extra: {
      ...(error.innererror === undefined ? {} : { innererror: error.innererror }),
      tried: run.tried.map(({ deploymentId, failure }) => triedView(deploymentId, failure)),
    },
  })
}

function triedView(deployment: string, failure: Failure) {
  return { deployment, failure: failure.class, status: failure.status }
}

/** How the ledger names the end of a run that ended with `error`. */
export function failedEnd(error: AppError): RunEnd {
  return {
    outcome: error.code === 'cancelled' ? 'cancelled' : 'error',
    errorCode: error.code,
    httpStatus: error.status,
    finishReason: null,
    firstTokenMs: null,
    answerText: null,
  }
}

/**
 * Does an admitted request's work. Whatever of ours fails in it, the request has its ledger row and lets go of its
 * timers before the error goes on.
 */
export async function withRun<Result>(run: GatewayRun, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (thrown) {
    if (!run.settled) await settleRun(run, failedEnd(toAppError(thrown)))
    throw thrown
  }
}
