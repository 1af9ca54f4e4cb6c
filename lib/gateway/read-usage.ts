import { asCount, asRecord } from '#lib/gateway/json-fields'
import type { FinishReason, Usage } from '#lib/gateway/usage'

/**
 * Reads the `usage` object of OpenAI's dialect. `null` when it is missing or nonsense: a total that is not a
 * whole number ≥ 0, or a part (cached, cache-write, reasoning) that is not one or exceeds its total. Embeddings
 * report no completion tokens: they count as 0.
 */
export function readUsage(value: unknown): Usage | null {
  const usage = asRecord(value)
  if (usage === null) return null
  const inputTokens = asCount(usage.prompt_tokens)
  const outputTokens = optionalCount(usage.completion_tokens)
  const input = asRecord(usage.prompt_tokens_details)
  const output = asRecord(usage.completion_tokens_details)
  const cachedInputTokens = optionalCount(input?.cached_tokens)
  const cacheWriteTokens = optionalCount(input?.cache_write_tokens)
  const reasoningTokens = optionalCount(output?.reasoning_tokens)
  if (inputTokens === null || outputTokens === null) return null
  if (cachedInputTokens === null || cacheWriteTokens === null || reasoningTokens === null) return null
  if (cachedInputTokens + cacheWriteTokens > inputTokens || reasoningTokens > outputTokens) return null
  return {
    inputTokens,
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens,
    reasoningTokens,
    source: 'provider',
  }
}

function optionalCount(value: unknown): number | null {
  return value === undefined || value === null ? 0 : asCount(value)
}

/** Reads `finish_reason`; a reason outside OpenAI's list still ends the answer and counts as `stop`. */
export function readFinishReason(value: unknown): FinishReason | null {
  switch (value) {
    case 'stop':
    case 'length':
    case 'tool_calls':
    case 'content_filter':
    case 'function_call':
      return value
    default:
      return typeof value === 'string' && value !== '' ? 'stop' : null
  }
}
