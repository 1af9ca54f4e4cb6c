import type { ChatRequestBody } from '#lib/contracts/openai'
import { answerAsChunks } from '#lib/gateway/answer-as-chunks'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { Failure } from '#lib/gateway/failure'
import type { FinishReason, Usage } from '#lib/gateway/usage'
import { readKeptAnswer } from '#server/gateway/answer-chat'
import { evidenceOf } from '#server/gateway/attempt-once'
import type { KeptAnswer } from '#server/gateway/cache/answer-store'
import { keepAnswer } from '#server/gateway/cache/keep-answer'
import type { PrimedStream } from '#server/gateway/chat-work'
import { cutEvidence } from '#server/gateway/cut-evidence'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { endAttempt, type GatewayRun, type OpenAttempt, settleRun } from '#server/gateway/gateway-run'
import type { ChatFrame } from '#server/gateway/providers/provider'
import { streamErrorEvent, usageEvent } from '#server/gateway/stream-events'

interface Relay {
  run: GatewayRun
  body: ChatRequestBody
  stream: PrimedStream
  attempt: OpenAttempt
  /** Milliseconds from the request's start to the first content token. */
  firstTokenMs: number
  usage: Usage | null
  usageFrame: string | null
  finishReason: FinishReason | null
  settled: boolean
  /** Its events, while somebody will compare its answer. */
  events: string[] | null
}

/**
 * Passes a primed stream on as server-sent events, text by text, and settles it whichever way it ends: whole,
 * cut (a typed error event, no `finish_reason` after it, no `[DONE]`) or left by the caller. The ledger row is
 * safe before the last event goes out.
 */
export async function* relayChatStream(
  run: GatewayRun,
  body: ChatRequestBody,
  { answer: stream, attempt }: { answer: PrimedStream; attempt: OpenAttempt },
): AsyncGenerator<string> {
  const relay: Relay = {
    run,
    body,
    stream,
    attempt,
    firstTokenMs: run.parts.clock.monotonicMs() - run.context.startedMs,
    usage: null,
    usageFrame: null,
    finishReason: null,
    settled: false,
    events: run.parts.rollouts.mirrors.wants(run) ? [] : null,
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

/** Says a recent whole answer again as a stream; its row is in the ledger before the first event goes out. */
export async function* repeatStream(
  run: GatewayRun,
  body: ChatRequestBody,
  { text }: KeptAnswer,
): AsyncGenerator<string> {
  const { content, finishReason } = readKeptAnswer(text)
  await settleRun(run, {
    outcome: 'success',
    errorCode: null,
    httpStatus: 200,
    finishReason,
    firstTokenMs: null,
    answerText: run.parts.storesPrompts() ? content : null,
  })
  const includeUsage = body.stream_options?.include_usage === true
  for (const data of answerAsChunks(text, { includeUsage })) yield `data: ${data}\n\n`
  yield 'data: [DONE]\n\n'
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
  if (frame.text !== '') relay.attempt.text.push(frame.text)
  if (frame.finishReason) relay.finishReason = frame.finishReason
  if (frame.usage) relay.usage = frame.usage
  if (relay.run.cache && relay.run.cache.keepForMs > 0) relay.run.cache.events.push(frame.data)
  relay.events?.push(frame.data)
  if (!frame.usageOnly) return `data: ${frame.data}\n\n`
  relay.usageFrame = frame.data
  return ''
}

async function* endWhole(relay: Relay): AsyncGenerator<string> {
  const { run } = relay
  const usage = relay.usage ?? (await estimate(relay))
  await settle(relay, { usage, failure: null })
  if (relay.events) run.parts.rollouts.mirrors.offer({ run, body: relay.body, answer: relay.events })
  if (relay.body.stream_options?.include_usage) {
    yield usageEvent(relay.usageFrame, usage, {
      costPicoUsd: run.costPicoUsd,
      attempts: run.attempts.length,
      overheadMs: Math.max(0, run.parts.clock.monotonicMs() - run.context.startedMs - run.providerMs),
      deploymentId: relay.attempt.deployment.id,
    })
  }
  yield 'data: [DONE]\n\n'
}

async function* endCut(relay: Relay, thrown: unknown): AsyncGenerator<string> {
  const { run } = relay
  const { deployment } = relay.attempt
  const failure = classifyFailure(evidenceOf(run, cutEvidence(run, thrown)), {
    provisioned: (deployment.capacity?.ptu ?? 0) > 0,
    nowMs: run.parts.clock.nowMs(),
  })
  if (!relay.settled) await settle(relay, { usage: relay.usage ?? (await estimate(relay)), failure })
  if (failure.class !== 'cancelled') yield streamErrorEvent(failure, deployment.id)
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
  const { deployment, text } = relay.attempt
  return estimateChatUsage(relay.run.parts, {
    body: relay.body,
    text: text.join(''),
    model: deployment.model,
  })
}

async function settle(relay: Relay, end: { usage: Usage; failure: Failure | null }): Promise<void> {
  const { run, stream, attempt } = relay
  relay.settled = true
  const cancelled = end.failure?.class === 'cancelled'
  const outcome = end.failure === null ? 'success' : cancelled ? 'cancelled' : 'cut'
  endAttempt(run, attempt, {
    outcome,
    usage: end.usage,
    failure: end.failure,
    limits: stream.limits,
    httpStatus: 200,
  })
  if (outcome === 'success') {
    const { finishReason } = relay
    keepAnswer(run, { attempt, finishReason, text: null })
  }
  await settleRun(run, {
    outcome,
    errorCode: end.failure === null ? null : cancelled ? 'cancelled' : 'stream_interrupted',
    httpStatus: 200,
    finishReason: end.failure === null ? relay.finishReason : null,
    firstTokenMs: relay.firstTokenMs,
    answerText: run.parts.storesPrompts() ? attempt.text.join('') : null,
  })
}
