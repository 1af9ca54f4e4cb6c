import type { ChatRequestBody } from '#lib/contracts/openai'
import { answerAsChunks } from '#lib/gateway/answer-as-chunks'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { FailureEvidence } from '#lib/gateway/failure'
import type { FinishReason, Usage } from '#lib/gateway/usage'
import { readKeptAnswer } from '#server/gateway/answer-chat'
import { evidenceOf } from '#server/gateway/attempt-once'
import { keepAnswer } from '#server/gateway/cache/keep-answer'
import { type PrimedStream, streamWork } from '#server/gateway/chat-work'
import { cutEvidence } from '#server/gateway/cut-evidence'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { endAttempt, type GatewayRun, type OpenAttempt, settleRun } from '#server/gateway/gateway-run'
import { openChatStream } from '#server/gateway/open-chat-stream'
import { type ChatFrame, noProviderLimits, type ProviderLimits } from '#server/gateway/providers/provider'
import { endFailed } from '#server/gateway/run-attempts'

/** A stream's whole answer, held until nothing of it can be lost any more. */
export interface HeldStream {
  /** JSON texts of its events, without the usage frame. */
  events: readonly string[]
  usage: Usage | null
  usageFrame: string | null
  limits: ProviderLimits
}

/**
 * Reads a chat stream to its end before anything of it goes out: one that is cut or stalls is asked for again elsewhere,
 * so that the caller gets one whole answer. Its row is in the ledger when this ends, attempts that were cut included.
 *
 * @throws AppError when there is no whole answer.
 */
export async function holdChatStream(run: GatewayRun, body: ChatRequestBody): Promise<HeldStream> {
  for (;;) {
    const asked = await openChatStream(run, body)
    if (asked.kind === 'repeated') {
      const { content, finishReason } = readKeptAnswer(asked.answer.text)
      await settle(run, { text: content, finishReason, firstTokenMs: null })
      const [events, usageFrame] = splitUsage(asked.answer.text)
      return { events, usage: null, usageFrame, limits: noProviderLimits }
    }
    const held = await holdOne(run, body, asked)
    if (held) return held
  }
}

/** A kept answer's events without the usage frame, and that frame; null when the answer says no usage. */
function splitUsage(text: string): [string[], string | null] {
  const events = answerAsChunks(text, { includeUsage: false })
  return [events, answerAsChunks(text, { includeUsage: true })[events.length] ?? null]
}

/** One attempt's whole answer; null when it was cut, which the walk then knows. */
async function holdOne(
  run: GatewayRun,
  body: ChatRequestBody,
  { answer: stream, attempt }: { answer: PrimedStream; attempt: OpenAttempt },
): Promise<HeldStream | null> {
  const firstTokenMs = run.parts.clock.monotonicMs() - run.context.startedMs
  const heldFromMs = run.parts.clock.monotonicMs()
  const rest = await drain(run, stream, attempt)
  run.providerMs += run.parts.clock.monotonicMs() - heldFromMs
  if (!rest.ok) {
    const failure = classifyFailure(evidenceOf(run, rest.evidence), {
      provisioned: (attempt.deployment.capacity?.ptu ?? 0) > 0,
      nowMs: run.parts.clock.nowMs(),
    })
    await endFailed(run, { failure, attempt, limits: stream.limits }, streamWork(run, body))
    return null
  }
  const usage =
    rest.usage ??
    (await estimateChatUsage(run.parts, {
      body,
      text: attempt.text.join(''),
      model: attempt.deployment.model,
    }))
  endAttempt(run, attempt, {
    outcome: 'success',
    usage,
    failure: null,
    limits: stream.limits,
    httpStatus: 200,
  })
  if (run.cache) run.cache.events = [...rest.events, ...(rest.usageFrame === null ? [] : [rest.usageFrame])]
  keepAnswer(run, { attempt, finishReason: rest.finishReason, text: null })
  await settle(run, { text: attempt.text.join(''), finishReason: rest.finishReason, firstTokenMs })
  run.parts.rollouts.mirrors.offer({ run, body, answer: rest.events })
  return { events: rest.events, usage, usageFrame: rest.usageFrame, limits: stream.limits }
}

interface Drained {
  ok: true
  events: string[]
  usage: Usage | null
  usageFrame: string | null
  finishReason: FinishReason | null
}

async function drain(
  run: GatewayRun,
  stream: PrimedStream,
  attempt: OpenAttempt,
): Promise<Drained | { ok: false; evidence: FailureEvidence }> {
  const drained: Drained = { ok: true, events: [], usage: null, usageFrame: null, finishReason: null }
  const take = (frame: ChatFrame) => {
    if (frame.text !== '') attempt.text.push(frame.text)
    if (frame.finishReason) drained.finishReason = frame.finishReason
    if (frame.usage) drained.usage = frame.usage
    if (frame.usageOnly) drained.usageFrame = frame.data
    else drained.events.push(frame.data)
  }
  try {
    stream.head.forEach(take)
    for (;;) {
      const next = await stream.rest.next()
      if (next.done) return drained
      take(next.value)
    }
  } catch (thrown) {
    return { ok: false, evidence: cutEvidence(run, thrown) }
  }
}

function settle(
  run: GatewayRun,
  end: { text: string; finishReason: FinishReason | null; firstTokenMs: number | null },
): Promise<void> {
  return settleRun(run, {
    outcome: 'success',
    errorCode: null,
    httpStatus: 200,
    finishReason: end.finishReason,
    firstTokenMs: end.firstTokenMs,
    answerText: run.parts.storesPrompts() ? end.text : null,
  })
}
