import type { ChatRequestBody } from '#lib/contracts/openai'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { Failure, FailureEvidence } from '#lib/gateway/failure'
import type { FinishReason, Usage } from '#lib/gateway/usage'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { endAttempt, type GatewayRun, settleRun } from '#server/gateway/gateway-run'
import type { PrimedStream } from '#server/gateway/open-chat-stream'
import { type ChatFrame, ProviderError } from '#server/gateway/providers/provider'
import { evidenceOf } from '#server/gateway/run-attempts'
import { streamErrorEvent, usageEvent } from '#server/gateway/stream-events'
import { toAppError } from '#server/http/error-response'

interface Relay {
  run: GatewayRun
  body: ChatRequestBody
  stream: PrimedStream
  /** Milliseconds from the request's start to the first content token. */
  firstTokenMs: number
  text: string[]
  usage: Usage | null
  usageFrame: string | null
  finishReason: FinishReason | null
  settled: boolean
}

/**
 * Passes a primed stream on as server-sent events, text by text, and settles it whichever way it ends: whole,
 * cut (a typed error event, no `finish_reason` after it, no `[DONE]`) or left by the caller. The ledger row is
 * safe before the last event goes out.
 */
export async function* relayChatStream(
  run: GatewayRun,
  body: ChatRequestBody,
  stream: PrimedStream,
): AsyncGenerator<string> {
  const relay: Relay = {
    run,
    body,
    stream,
    firstTokenMs: run.parts.clock.monotonicMs() - run.context.startedMs,
    text: [],
    usage: null,
    usageFrame: null,
    finishReason: null,
    settled: false,
  }
  const tailStartMs = run.parts.clock.monotonicMs()
  try {
    yield* relayFrames(relay)
    run.providerMs += run.parts.clock.monotonicMs() - tailStartMs
    yield* endWhole(relay)
  } catch (thrown) {
    if (!relay.settled) run.providerMs += run.parts.clock.monotonicMs() - tailStartMs
    yield* endCut(relay, thrown)
  } finally {
    if (!relay.settled) await settleLeft(relay)
  }
}

async function* relayFrames(relay: Relay): AsyncGenerator<string> {
  let pending = ''
  for (const frame of relay.stream.head) pending += passOn(relay, frame)
  if (pending !== '') yield pending
  for (;;) {
    const next = await relay.stream.rest.next()
    if (next.done) return
    const event = passOn(relay, next.value)
    if (event !== '') yield event
  }
}

/** The frame as an event; empty for the usage frame, which is held until the cost is known. */
function passOn(relay: Relay, frame: ChatFrame): string {
  if (frame.text !== '') relay.text.push(frame.text)
  if (frame.finishReason) relay.finishReason = frame.finishReason
  if (frame.usage) relay.usage = frame.usage
  if (!frame.usageOnly) return `data: ${frame.data}\n\n`
  relay.usageFrame = frame.data
  return ''
}

async function* endWhole(relay: Relay): AsyncGenerator<string> {
  const { run } = relay
  const usage = relay.usage ?? (await estimate(relay))
  await settle(relay, { usage, failure: null })
  if (relay.body.stream_options?.include_usage) {
    yield usageEvent(relay.usageFrame, usage, {
      costPicoUsd: run.costPicoUsd,
      attempts: run.attempts.length,
      overheadMs: Math.max(0, run.parts.clock.monotonicMs() - run.context.startedMs - run.providerMs),
    })
  }
  yield 'data: [DONE]\n\n'
}

async function* endCut(relay: Relay, thrown: unknown): AsyncGenerator<string> {
  const { run, stream } = relay
  const { deployment } = stream.attempt
  const failure = classifyFailure(evidenceOf(run, cutEvidence(run, thrown)), {
    provisioned: (deployment.capacity?.ptu ?? 0) > 0,
    nowMs: run.parts.clock.nowMs(),
  })
  if (!relay.settled) await settle(relay, { usage: relay.usage ?? (await estimate(relay)), failure })
  if (failure.class !== 'cancelled') yield streamErrorEvent(failure, deployment.id)
}

/** What is not a provider's failure is ours: it is logged, and the stream ends as cut all the same. */
function cutEvidence(run: GatewayRun, thrown: unknown): FailureEvidence {
  if (ProviderError.is(thrown)) return thrown.evidence
  const { requestId, correlationId } = run.context
  run.parts.log.forError(toAppError(thrown), { requestId, correlationId })
  return { kind: 'cut_stream', message: 'something failed in the gateway' }
}

/** The caller went away while an event was on its way to it. */
async function settleLeft(relay: Relay): Promise<void> {
  relay.run.abort.abort('caller')
  await relay.stream.rest.return?.()
  const failure = classifyFailure(
    { kind: 'cancelled' },
    { provisioned: false, nowMs: relay.run.parts.clock.nowMs() },
  )
  await settle(relay, { usage: relay.usage ?? (await estimate(relay)), failure })
}

function estimate(relay: Relay): Promise<Usage> {
  const { model } = relay.stream.attempt.deployment
  return estimateChatUsage(relay.run.parts, { body: relay.body, text: relay.text.join(''), model })
}

async function settle(relay: Relay, end: { usage: Usage; failure: Failure | null }): Promise<void> {
  const { run, stream } = relay
  relay.settled = true
  const cancelled = end.failure?.class === 'cancelled'
  const outcome = end.failure === null ? 'success' : cancelled ? 'cancelled' : 'cut'
  endAttempt(run, stream.attempt, {
    outcome,
    usage: end.usage,
    failure: end.failure,
    limits: stream.limits,
    httpStatus: 200,
  })
  await settleRun(run, {
    outcome,
    errorCode: end.failure === null ? null : cancelled ? 'cancelled' : 'stream_interrupted',
    httpStatus: 200,
    finishReason: end.failure === null ? relay.finishReason : null,
    firstTokenMs: relay.firstTokenMs,
    answerText: run.parts.storesPrompts() ? relay.text.join('') : null,
  })
}
