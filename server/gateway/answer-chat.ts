import type { ChatRequestBody } from '#lib/contracts/openai'
import { wholeAnswer } from '#lib/gateway/answer-as-chunks'
import type { FinishReason } from '#lib/gateway/usage'
import { askWithFallbacks } from '#server/gateway/ask-with-fallbacks'
import { answerWork } from '#server/gateway/chat-work'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { endAttempt, type GatewayRun, type OpenAttempt, settleRun } from '#server/gateway/gateway-run'
import { type ChatAnswer, noProviderLimits } from '#server/gateway/providers/provider'
import type { RecentAnswer } from '#server/gateway/recent-answers'
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
  rememberAnswer(run, body, { ...answer, deploymentId: deployment.id })
  await settleSuccess(run, answer)
  return answer
}

async function repeatAnswer(run: GatewayRun, recent: RecentAnswer): Promise<ChatAnswer> {
  const { text, content, finishReason } = recent
  const answer: ChatAnswer = {
    kind: 'answer',
    text,
    content,
    usage: null,
    finishReason,
    limits: noProviderLimits,
  }
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

/** Keeps an answer for the day when nothing else is left, where the tier's policy allows to repeat one. */
export function rememberAnswer(
  run: GatewayRun,
  body: ChatRequestBody,
  answer: Omit<RecentAnswer, 'atMs'>,
): void {
  if (run.plan.policy.whenExhausted.cachedAnswerMaxAgeMs === null) return
  const { text, content, finishReason, deploymentId } = answer
  const atMs = run.parts.clock.nowMs()
  run.parts.recentAnswers.remember(run.context.principal.accountId, body, {
    text,
    content,
    finishReason,
    deploymentId,
    atMs,
  })
}

/** The same for an answer that streamed; only answers of text alone can be said again. */
export function rememberStream(
  run: GatewayRun,
  body: ChatRequestBody,
  { attempt, finishReason }: { attempt: OpenAttempt; finishReason: FinishReason | null },
): void {
  if (run.plan.policy.whenExhausted.cachedAnswerMaxAgeMs === null || finishReason !== 'stop') return
  const content = attempt.text.join('')
  const { id: deploymentId, model } = attempt.deployment
  const { requestId, startedAtMs } = run.context
  const text = wholeAnswer({ id: requestId, model, createdAtMs: startedAtMs, text: content, finishReason })
  rememberAnswer(run, body, { text, content, finishReason, deploymentId })
}
