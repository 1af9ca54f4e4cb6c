import type { EmbeddingsRequestBody } from '#lib/contracts/openai'
import { foreignMetadata } from '#lib/gateway/request-tags'
import type { AttemptWork } from '#server/gateway/attempt-once'
import { failedUsage } from '#server/gateway/attempt-usage'
import { estimateEmbeddingUsage } from '#server/gateway/estimate-usage'
import { endAttempt, type GatewayRun, settleRun } from '#server/gateway/gateway-run'
import { providerTarget } from '#server/gateway/provider-target'
import type { EmbeddingsAnswer } from '#server/gateway/providers/provider'
import { runAttempts } from '#server/gateway/run-attempts'
import { failedEnd, runError } from '#server/gateway/run-failure'
import { traceparentOf } from '#server/http/request-id'

/**
 * Answers an embeddings request with the first success of the plan, its row in the ledger.
 *
 * @throws AppError of the catalogue when no candidate answered; the ledger has its row then too.
 */
export async function answerEmbeddings(
  run: GatewayRun,
  body: EmbeddingsRequestBody,
): Promise<EmbeddingsAnswer> {
  const { metadata, ...rest } = body
  const foreign = foreignMetadata(metadata)
  const sent = foreign ? { ...rest, metadata: foreign } : rest
  const estimate = (model: string) => estimateEmbeddingUsage(run.parts, { body, model })
  const work: AttemptWork<EmbeddingsAnswer> = {
    call: ({ deployment, attempt, timers, signal }) =>
      run.parts.providerOf(deployment).embed({
        target: providerTarget(deployment),
        body: sent,
        timers,
        signal,
        requestId: run.context.requestId,
        traceparent: traceparentOf(run.context.trace, attempt.spanId),
      }),
    usageOf: (attempt, failure) => failedUsage(attempt, failure, () => estimate(attempt.deployment.model)),
  }
  const result = await runAttempts(run, work)
  if (!result) {
    const error = runError(run)
    await settleRun(run, failedEnd(error))
    throw error
  }
  const { answer, attempt } = result
  const usage = answer.usage ?? (await estimate(attempt.deployment.model))
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
    finishReason: null,
    firstTokenMs: null,
    answerText: null,
  })
  return answer
}
