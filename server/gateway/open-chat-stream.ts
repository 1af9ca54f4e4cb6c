import type { ChatRequestBody } from '#lib/contracts/openai'
import { type Asked, askWithFallbacks } from '#server/gateway/ask-with-fallbacks'
import { type PrimedStream, streamWork } from '#server/gateway/chat-work'
import { type GatewayRun, settleRun } from '#server/gateway/gateway-run'
import { failedEnd, runError } from '#server/gateway/run-failure'

/**
 * Opens a chat stream at the first candidate that sends a content token; until then falling over is free. After it only
 * the tier's total time bounds the stream.
 *
 * @throws AppError when there is no answer; the ledger has its row then.
 */
export async function openChatStream(run: GatewayRun, body: ChatRequestBody): Promise<Asked<PrimedStream>> {
  const asked = await askWithFallbacks(run, body, streamWork(run, body))
  if (!asked) {
    const error = runError(run)
    await settleRun(run, failedEnd(error))
    throw error
  }
  run.deadlineAtMs = run.context.startedMs + run.plan.limits.totalMs
  run.abort.limit('total', Math.max(0, run.deadlineAtMs - run.parts.clock.monotonicMs()))
  return asked
}
