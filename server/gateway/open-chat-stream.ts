import type { ChatRequestBody } from '#lib/contracts/openai'
import { providerBody } from '#lib/gateway/provider-body'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { type GatewayRun, type OpenAttempt, settleRun } from '#server/gateway/gateway-run'
import { providerTarget } from '#server/gateway/provider-target'
import type { ChatFrame, ProviderLimits } from '#server/gateway/providers/provider'
import { type AttemptRequest, runAttempts } from '#server/gateway/run-attempts'
import { failedEnd, runError } from '#server/gateway/run-failure'

/** A stream whose first content token is there: from here on no other deployment can take over. */
export interface PrimedStream {
  /** Frames up to and including the first that carries content or ends the answer. */
  head: readonly ChatFrame[]
  rest: AsyncIterator<ChatFrame>
  limits: ProviderLimits
  attempt: OpenAttempt
}

/**
 * Opens a chat stream at the first candidate that sends a content token; until then falling over is free.
 *
 * @throws AppError when none did; the ledger has its row then.
 */
export async function openChatStream(run: GatewayRun, body: ChatRequestBody): Promise<PrimedStream> {
  const result = await runAttempts(
    run,
    (request) => primeStream(run, body, request),
    (model) => estimateChatUsage(run.parts, { body, text: '', model }),
  )
  if (!result) {
    const error = runError(run)
    await settleRun(run, failedEnd(error))
    throw error
  }
  run.abort.limit('total', run.plan.limits.totalMs)
  return { ...result.answer, attempt: result.attempt }
}

async function primeStream(run: GatewayRun, body: ChatRequestBody, request: AttemptRequest) {
  const { deployment, attempt, timers, signal } = request
  const stream = await run.parts.providerOf(deployment).chatStream({
    target: providerTarget(deployment),
    body: providerBody(body, run.plan.limits, deployment.model),
    timers,
    signal,
    requestId: run.context.requestId,
    traceparent: run.context.trace.traceparent,
  })
  const rest = stream.frames[Symbol.asyncIterator]()
  const head: ChatFrame[] = []
  for (;;) {
    const next = await rest.next()
    if (next.done) break
    head.push(next.value)
    if (next.value.content || next.value.finishReason) break
  }
  attempt.firstTokenMs = run.parts.clock.monotonicMs() - attempt.startedMs
  return { head, rest, limits: stream.limits }
}
