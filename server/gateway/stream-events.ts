import { errorCatalogue } from '#lib/contracts/error-catalogue'
import { jsonNumber } from '#lib/contracts/json-number'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import type { Failure } from '#lib/gateway/failure'
import type { Usage } from '#lib/gateway/usage'

/** What is known of a stream only at its end; rides in the usage frame. */
export interface StreamFacts {
  costPicoUsd: bigint | null
  attempts: number
  overheadMs: number
  /** Who answered; null when nobody did. */
  deploymentId: string | null
}

/** The usage frame with `huntaze: {costUsd, attempts, overheadMs, deployment}`; made up from `usage` when the provider sent none. */
export function usageEvent(frame: string | null, usage: Usage, facts: StreamFacts): string {
  const base =
    frame === null
      ? { object: 'chat.completion.chunk', choices: [], usage: openAiUsage(usage) }
      : JSON.parse(frame)
  const huntaze = {
    costUsd: facts.costPicoUsd === null ? null : jsonNumber(picoToUsdDecimal(facts.costPicoUsd)),
    attempts: facts.attempts,
    overheadMs: Math.round(facts.overheadMs * 100) / 100,
    deployment: facts.deploymentId,
  }
  return `data: ${JSON.stringify({ ...base, huntaze })}\n\n`
}

function openAiUsage(usage: Usage) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    estimated: usage.source === 'estimated',
  }
}

/** The last event of a stream that was cut: OpenAI's error object, so that SDKs raise it. */
export function streamErrorEvent(failure: Failure, deploymentId: string): string {
  const filtered = failure.class === 'content_filter'
  const code = filtered ? 'content_filter' : 'stream_interrupted'
  const error = {
    message: filtered
      ? failure.error.message
      : `The answer was cut before its end (${failure.class} at ${deploymentId}); send the request again.`,
    type: errorCatalogue[code].type,
    param: null,
    code,
  }
  return `data: ${JSON.stringify({ error })}\n\n`
}
