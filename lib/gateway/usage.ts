/**
 * Tokens of one attempt, normalised over providers.
 *
 * `inputTokens` includes the cached and cache-write parts (OpenAI counts so; Anthropic's exclusive counts are
 * added up by its adapter); `outputTokens` includes reasoning. `estimated` marks counts that no provider
 * reported, such as those of a cut stream.
 */
export interface Usage {
  inputTokens: number
  cachedInputTokens: number
  cacheWriteTokens: number
  outputTokens: number
  reasoningTokens: number
  source: UsageSource
}

export type UsageSource = 'provider' | 'estimated' | 'none'

export const noUsage: Readonly<Usage> = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  source: 'none',
}

/** OpenAI's finish reasons, to which every adapter maps its provider's own. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'
