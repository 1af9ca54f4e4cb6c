import type { ChatRequestBody } from '#lib/contracts/openai'
import { parseJson } from '#lib/gateway/json-fields'
import { readChatAnswer } from '#lib/gateway/read-chat-answer'
import { askWithFallbacks } from '#server/gateway/ask-with-fallbacks'
import type { KeptAnswer } from '#server/gateway/cache/answer-store'
import { keepAnswer } from '#server/gateway/cache/keep-answer'
import { answerWork } from '#server/gateway/chat-work'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { endAttempt, type GatewayRun, settleRun } from '#server/gateway/gateway-run'
import { type ChatAnswer, noProviderLimits } from '#server/gateway/providers/provider'
import { failedEnd, runError } from '#server/gateway/run-failure'

/**
 * Answers a chat request that does not stream: the first success of the plan, or what the tier allows when there is none;
 * its row in the ledger.
 *
 * @throws AppError of the catalogue when there is no answer; the ledger has its row then too.
 */
export async function answerChat(run: GatewayRun, body: ChatRequestBody): Promise<ChatAnswer> {
  const asked = await askWithFallbacks(run, body, answerWork(run, body))
  if (!asked) {
    const error = runError(run)
    await settleRun(run, failedEnd(error))
    throw error
  }
  if (asked.kind === 'repeated') return repeatAnswer(run, asked.answer)
  const { answer, attempt } = asked
  const { deployment } = attempt
  const usage =
    answer.usage ??
    (await estimateChatUsage(run.parts, { body, text: answer.content, model: deployment.model }))
  endAttempt(run, attempt, {
    outcome: 'success',
    usage,
    failure: null,
    limits: answer.limits,
    httpStatus: 200,
  })
  keepAnswer(run, { attempt, finishReason: answer.finishReason, text: answer.text })
  await settleSuccess(run, answer)
  run.parts.rollouts.mirrors.offer({ run, body, answer: answer.text })
  return answer
}

async function repeatAnswer(run: GatewayRun, { text }: KeptAnswer): Promise<ChatAnswer> {
  const { content, finishReason } = readKeptAnswer(text)
  const limits = noProviderLimits
  const answer: ChatAnswer = { kind: 'answer', text, content, usage: null, finishReason, limits }
  await settleSuccess(run, answer)
  return answer
}

async function settleSuccess(run: GatewayRun, answer: ChatAnswer): Promise<void> {
  await settleRun(run, {
    outcome: 'success',
    errorCode: null,
    httpStatus: 200,
    finishReason: answer.finishReason,
    firstTokenMs: null,
    answerText: run.parts.storesPrompts() ? answer.content : null,
  })
}

/** What a kept answer says and how it ended. */
export function readKeptAnswer(text: string): Pick<ChatAnswer, 'content' | 'finishReason'> {
  return readChatAnswer(parseJson(text)) ?? { content: '', finishReason: null }
}
