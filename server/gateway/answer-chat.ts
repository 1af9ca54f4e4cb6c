import type { ChatRequestBody } from '#lib/contracts/openai'
import { providerBody } from '#lib/gateway/provider-body'
import { estimateChatUsage } from '#server/gateway/estimate-usage'
import { endAttempt, type GatewayRun, settleRun } from '#server/gateway/gateway-run'
import { providerTarget } from '#server/gateway/provider-target'
import type { ChatAnswer } from '#server/gateway/providers/provider'
import { runAttempts } from '#server/gateway/run-attempts'
import { failedEnd, runError } from '#server/gateway/run-failure'

/**
 * Answers a chat request that does not stream: the first success of the plan, its row in the ledger.
 *
 * @throws AppError of the catalogue when no candidate answered; the ledger has its row then too.
 */
export async function answerChat(run: GatewayRun, body: ChatRequestBody): Promise<ChatAnswer> {
  const result = await runAttempts(
    run,
    ({ deployment, timers, signal }) =>
      run.parts.providerOf(deployment).chat({
        target: providerTarget(deployment),
        body: providerBody(body, run.plan.limits, deployment.model),
        timers,
        signal,
        requestId: run.context.requestId,
        traceparent: run.context.trace.traceparent,
      }),
    (model) => estimateChatUsage(run.parts, { body, text: '', model }),
  )
  if (!result) {
    const error = runError(run)
    await settleRun(run, failedEnd(error))
    throw error
  }
  const { answer, attempt } = result
  const usage =
    answer.usage ??
    (await estimateChatUsage(run.parts, { body, text: answer.content, model: attempt.deployment.model }))
  endAttempt(run, attempt, {
    outcome: 'success',
    usage,
    failure: null,
    limits: answer.limits,
    httpStatus: 200,
  })
  await settleRun(run, {
    outcome: 'success',
    errorCode: null,
    httpStatus: 200,
    finishReason: answer.finishReason,
    firstTokenMs: null,
    answerText: run.parts.storesPrompts() ? answer.content : null,
  })
  return answer
}
