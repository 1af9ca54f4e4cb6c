import type { ChatRequestBody } from '#lib/contracts/openai'
import { applyPreset, presetLimits } from '#lib/deployments/deployment-preset'
import { providerBody } from '#lib/gateway/provider-body'
import type { AttemptRequest, AttemptWork } from '#server/gateway/attempt-once'
import { failedUsage } from '#server/gateway/attempt-usage'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { type GatewayRun, sawFirstToken } from '#server/gateway/gateway-run'
import { providerTarget } from '#server/gateway/provider-target'
import type { ChatAnswer, ChatFrame, ProviderLimits } from '#server/gateway/providers/provider'
import { traceparentOf } from '#server/http/request-id'

/** A stream whose first content token is there: from here on nobody else can take over unseen. */
export interface PrimedStream {
  /** Frames up to and including the first that carries content or ends the answer. */
  head: readonly ChatFrame[]
  rest: AsyncIterator<ChatFrame>
  limits: ProviderLimits
}

/** A chat request's attempt whose answer does not stream. */
export function answerWork(run: GatewayRun, body: ChatRequestBody): AttemptWork<ChatAnswer> {
  return {
    call: (request) => run.parts.providerOf(request.deployment).chat(providerCall(run, body, request)),
    usageOf: (attempt, failure) => failedUsage(attempt, failure, () => estimateOf(run, body, attempt)),
  }
}

/** A chat request's attempt that streams, up to its first content token. */
export function streamWork(run: GatewayRun, body: ChatRequestBody): AttemptWork<PrimedStream> {
  return {
    call: (request) => primeStream(run, body, request),
    usageOf: (attempt, failure) => failedUsage(attempt, failure, () => estimateOf(run, body, attempt)),
    discard: ({ rest }) => void rest.return?.(),
  }
}

function estimateOf(
  run: GatewayRun,
  body: ChatRequestBody,
  attempt: { deployment: { model: string }; text: readonly string[] },
) {
  return estimateChatUsage(run.parts, { body, text: attempt.text.join(''), model: attempt.deployment.model })
}

function providerCall(
  run: GatewayRun,
  body: ChatRequestBody,
  { deployment, attempt, timers, signal }: AttemptRequest,
) {
  const { preset } = deployment
  return {
    target: providerTarget(deployment),
    body: applyPreset(providerBody(body, presetLimits(run.plan.limits, preset), deployment.model), preset),
    timers,
    signal,
    requestId: run.context.requestId,
    traceparent: traceparentOf(run.context.trace, attempt.spanId),
  }
}

async function primeStream(
  run: GatewayRun,
  body: ChatRequestBody,
  request: AttemptRequest,
): Promise<PrimedStream> {
  const stream = await run.parts.providerOf(request.deployment).chatStream(providerCall(run, body, request))
  const rest = stream.frames[Symbol.asyncIterator]()
  const head: ChatFrame[] = []
  for (;;) {
    const next = await rest.next()
    if (next.done) break
    head.push(next.value)
    if (next.value.content || next.value.finishReason) break
  }
  sawFirstToken(run, request.attempt)
  return { head, rest, limits: stream.limits }
}
