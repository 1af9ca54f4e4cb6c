import { asCount, asRecord, asText, asTextOrNull } from '#lib/gateway/json-fields'
import type { ChatAnswerFacts } from '#lib/gateway/read-chat-answer'
import type { FinishReason, Usage } from '#lib/gateway/usage'

/** An answer in OpenAI's dialect with what the gateway needs to know of it. */
export interface TranslatedAnswer extends ChatAnswerFacts {
  text: string
}

interface ToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

/**
 * Translates a message of Anthropic's Messages API into a chat completion; `null` when it is none. Thinking is left
 * out, as OpenAI's dialect has no place for it; its tokens are in the usage. `createdS` is in seconds since 1970.
 */
export function translateAnthropicAnswer(value: unknown, createdS: number): TranslatedAnswer | null {
  const message = asRecord(value)
  if (message === null || message.type !== 'message' || !Array.isArray(message.content)) return null
  const blocks = message.content.map(asRecord)
  const content = blocks.map((block) => (block?.type === 'text' ? asText(block.text) : '')).join('')
  const calls = blocks.flatMap((block) => (block?.type === 'tool_use' ? [toolCall(block)] : []))
  const usage = readAnthropicUsage(message.usage)
  const finishReason = translateStopReason(message.stop_reason)
  const completion = {
    id: asText(message.id),
    object: 'chat.completion',
    created: createdS,
    model: asText(message.model),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: content === '' && calls.length > 0 ? null : content,
          refusal: readRefusal(message),
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: finishReason,
      },
    ],
    ...(usage === null ? {} : { usage: toOpenAIUsage(usage) }),
  }
  const called = calls.map((call) => call.function.name + call.function.arguments).join('')
  return { text: JSON.stringify(completion), content: content + called, usage, finishReason }
}

function toolCall(block: Record<string, unknown>): ToolCall {
  const args = JSON.stringify(asRecord(block.input) ?? {})
  return { id: asText(block.id), type: 'function', function: { name: asText(block.name), arguments: args } }
}

/** The provider's words on why it refused, where the message says that it did; else `null`. */
function readRefusal(message: Record<string, unknown>): string | null {
  return message.stop_reason === 'refusal' ? asTextOrNull(asRecord(message.stop_details)?.explanation) : null
}

/** Anthropic's `stop_reason` as a finish reason; `null` while there is none. */
export function translateStopReason(value: unknown): FinishReason | null {
  switch (value) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool_calls'
    case 'refusal':
      return 'content_filter'
    default:
      return asTextOrNull(value) === null ? null : 'stop'
  }
}

/**
 * Reads Anthropic's `usage`, whose `input_tokens` leave out what was read from and written to the cache; `null` when
 * it is missing or nonsense.
 */
export function readAnthropicUsage(value: unknown): Usage | null {
  const usage = asRecord(value)
  if (usage === null) return null
  const fresh = asCount(usage.input_tokens)
  const outputTokens = asCount(usage.output_tokens)
  const cachedInputTokens = asCount(usage.cache_read_input_tokens ?? 0)
  const cacheWriteTokens = asCount(usage.cache_creation_input_tokens ?? 0)
  const reasoningTokens = asCount(asRecord(usage.output_tokens_details)?.thinking_tokens ?? 0)
  if (fresh === null || outputTokens === null || cachedInputTokens === null) return null
  if (cacheWriteTokens === null || reasoningTokens === null || reasoningTokens > outputTokens) return null
  const inputTokens = fresh + cachedInputTokens + cacheWriteTokens
  return {
    inputTokens,
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens,
    reasoningTokens,
    source: 'provider',
  }
}

/** A usage in the words of OpenAI's dialect. */
export function toOpenAIUsage(usage: Usage): object {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}
