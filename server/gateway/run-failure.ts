import { type AnswerError, answerError, type TriedDeployment } from '#lib/gateway/answer-error'
import { listSkipped, type SkippedDeployment, soonestProbeMs } from '#lib/gateway/exhausted-error'
import type { GatewayRun, RunEnd } from '#server/gateway/gateway-run'
import { settleRun } from '#server/gateway/gateway-run'
import { AppError } from '#server/http/app-error'
import { toAppError } from '#server/http/error-response'

/** The error for the caller of a run of which no attempt answered. */
export function runError(run: GatewayRun): AppError {
  const cause = run.abort.cause()
  if (cause === 'shutdown') return shuttingDown()
  const tried = failuresOf(run)
  const skipped = skippedOf(run)
  const last = tried.at(-1)
  if (!last) return untriedError(run, skipped)
  const error = answerError(tried)
  return new AppError(error.code, {
    message: isOurs(error) ? `${error.message}${notAsked(skipped)}${withinRegion(run)}` : error.message,
    ...(error.param === null ? {} : { param: error.param }),
    ...(error.status === null ? {} : { status: error.status }),
    ...retryAfter(run, error, skipped),
    extra: {
      ...(error.innererror === undefined ? {} : { innererror: error.innererror }),
      ...triedViews(tried, skipped),
    },
  })
}

/** Nobody was asked: the caller left, the time was over, every breaker is open, or there was no place. */
function untriedError(run: GatewayRun, skipped: readonly SkippedDeployment[]): AppError {
  const cause = run.abort.cause()
  if (cause === 'caller')
    return new AppError('cancelled', { message: 'The caller went away before an answer was there.' })
  if (run.turnedAway !== null || skipped.length === 0) return overloaded(run)
  const retryAfterMs = soonestProbeMs(skipped, run.parts.clock.nowMs()) ?? 15_000
  return new AppError('provider_unavailable', {
    message: `No provider route may be asked at the moment; try again later.${notAsked(skipped)}${withinRegion(run)}`,
    retryAfterMs,
    extra: triedViews([], skipped),
  })
}

function overloaded(run: GatewayRun): AppError {
  const retryAfterMs = run.plan.policy.bulkhead.maxWaitMs
  return new AppError('overloaded', {
    message: `Every deployment of ${run.requestedModel} has as many requests as it can take, and this one found no place (${run.turnedAway ?? 'full'}). Send it again in ${Math.ceil(retryAfterMs / 1000)} s, or raise the bulkhead of the tier's policy.`,
    retryAfterMs,
    extra: triedViews(failuresOf(run), skippedOf(run)),
  })
}

function shuttingDown(): AppError {
  return new AppError('shutting_down', {
    message: 'This instance is shutting down; send the request again.',
    retryAfterMs: 1000,
  })
}

/** Failed attempts in order, without hedges that lost their race. */
function failuresOf(run: GatewayRun): TriedDeployment[] {
  const left = run.abort.cause() === 'caller'
  return run.walk.attempts.filter(({ failure }) => left || failure.class !== 'cancelled')
}

/** Every candidate whose breaker is open now, also the one that this request's own failures opened. */
function skippedOf(run: GatewayRun): SkippedDeployment[] {
  if (run.pastBreakers) return []
  const blocks = run.parts.breakers.blocks({ streamed: run.streamed })
  return run.walk.candidates.flatMap(({ deploymentId }) => {
    const block = blocks.get(deploymentId) ?? run.skipped.get(deploymentId)
    return block ? [{ deploymentId, block }] : []
  })
}

/** What could be otherwise if somebody else had been asked. */
function isOurs({ code }: AnswerError): boolean {
  return code === 'provider_unavailable' || code === 'provider_rate_limited' || code === 'provider_timeout'
}

function notAsked(skipped: readonly SkippedDeployment[]): string {
  return skipped.length === 0 ? '' : ` Not asked: ${listSkipped(skipped)}.`
}

function withinRegion({ plan: { requiredRegion } }: GatewayRun): string {
  return requiredRegion === null ? '' : ` Region ${requiredRegion} is required, so no other was asked.`
}

/** No later than the soonest probe, nor than what a provider asked for. */
function retryAfter(run: GatewayRun, error: AnswerError, skipped: readonly SkippedDeployment[]) {
  if (error.retryAfterMs === null) return {}
  const probeMs = soonestProbeMs(skipped, run.parts.clock.nowMs())
  return { retryAfterMs: probeMs === null ? error.retryAfterMs : Math.min(error.retryAfterMs, probeMs) }
}

function triedViews(tried: readonly TriedDeployment[], skipped: readonly SkippedDeployment[]) {
  return {
    tried: tried.map(({ deploymentId, failure }) => ({
      deployment: deploymentId,
      failure: failure.class,
      status: failure.status,
    })),
    not_asked: skipped.map(({ deploymentId, block }) => ({
      deployment: deploymentId,
      state: block.phase,
      reason: block.reason,
      retry_at: block.retryAtMs === null ? null : new Date(block.retryAtMs).toISOString(),
    })),
  }
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
