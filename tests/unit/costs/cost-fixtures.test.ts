import { describe, expect, it } from 'vitest'
import { builtInPrices } from '#lib/costs/built-in-prices'
import type { Purchase } from '#lib/costs/compute-cost'
import { readUsage } from '#lib/gateway/read-usage'
import { readAnthropicUsage } from '#lib/gateway/translate-anthropic-answer'
import type { Usage } from '#lib/gateway/usage'
import { failedUsage } from '#server/gateway/attempt-usage'
import { priceUsage } from '#server/gateway/price-usage'

const atMs = Date.UTC(2026, 10, 23)
const cost = (usage: Usage | null, what: { provider: string; model: string; purchase?: Purchase }) =>
  usage && priceUsage(builtInPrices, usage, { purchase: 'chat', ...what, atMs }).costPicoUsd
const azure = (model: string, purchase: Purchase = 'chat') => ({ provider: 'azure-openai', model, purchase })
const claude = { provider: 'anthropic', model: 'claude-sonnet-4-5' }
const estimate = async (): Promise<Usage> => ({
  inputTokens: 40,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 7,
  reasoningTokens: 0,
  source: 'estimated',
})

describe('costs, to the pico-dollar', () => {
  it('of OpenAI’s usage, whose prompt tokens include what was cached', () => {
    const usage = readUsage({
      prompt_tokens: 1566,
      completion_tokens: 100,
      prompt_tokens_details: { cached_tokens: 1408 },
    })
    // 158 fresh at $2.50, 1,408 cached at $1.25, 100 out at $10, each per million.
    expect(cost(usage, azure('gpt-4o'))).toBe(395_000_000n + 1_760_000_000n + 1_000_000_000n)
  })

  it('of Anthropic’s usage, whose input tokens leave out what was cached and written', () => {
    const usage = readAnthropicUsage({
      input_tokens: 158,
      output_tokens: 100,
      cache_read_input_tokens: 1408,
      cache_creation_input_tokens: 500,
    })
    expect(usage?.inputTokens).toBe(2066)
    // 158 at $3, 1,408 at $0.30, 500 written at $3.75, 100 out at $15.
    expect(cost(usage, claude)).toBe(474_000_000n + 422_400_000n + 1_875_000_000n + 1_500_000_000n)
  })

  it('of reasoning, which is output and nothing on top', () => {
    const usage = readUsage({
      prompt_tokens: 10,
      completion_tokens: 900,
      completion_tokens_details: { reasoning_tokens: 800 },
    })
    expect(cost(usage, azure('gpt-5.1'))).toBe(10n * 1_250_000n + 900n * 10_000_000n)
  })

  it('of a batch, at half the price, and unknown where there are no batches', () => {
    const usage = readUsage({ prompt_tokens: 1001, completion_tokens: 3 })
    expect(cost(usage, azure('gpt-5-nano', 'batch'))).toBe(1001n * 25_000n + 3n * 200_000n)
    expect(cost(usage, azure('text-embedding-3-small', 'batch'))).toBeNull()
  })

  it('of embeddings, which have no output', () => {
    const usage = readUsage({ prompt_tokens: 12 })
    expect(cost(usage, azure('text-embedding-ada-002', 'embeddings'))).toBe(12n * 100_000n)
  })

  it.each(['cancelled', 'content_filter'] as const)(
    'of what ended as %s: the prompt, estimated and marked',
    async (end) => {
      const usage = await failedUsage({ text: [] }, { class: end }, estimate)
      expect(usage.source).toBe('estimated')
      expect(cost(usage, azure('gpt-4'))).toBe(40n * 30_000_000n + 7n * 60_000_000n)
    },
  )

  it.each(['cut_stream', 'server_error'] as const)(
    'of a stream that ended in %s after its first words: prompt and words, estimated and marked',
    async (end) => {
      const failure = { class: end }
      const usage = await failedUsage({ text: ['Hello', ' there'] }, failure, estimate)
      expect(usage.source).toBe('estimated')
      expect(cost(usage, azure('gpt-4'))).toBe(1_620_000_000n)
      expect(cost(await failedUsage({ text: [] }, failure, estimate), azure('gpt-4'))).toBe(0n)
    },
  )

  it('of nothing: zero, with a price or without', () => {
    const usage = readUsage({ prompt_tokens: 0, completion_tokens: 0 })
    expect(cost(usage, azure('gpt-4'))).toBe(0n)
    expect(cost(usage, azure('unheard-of'))).toBe(0n)
  })

  it('of usage that is missing or nonsense: nothing is read from it, so that it is estimated', () => {
    expect(readUsage(undefined)).toBeNull()
    expect(readUsage({ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 6 } })).toBeNull()
    expect(readUsage({ prompt_tokens: -1, completion_tokens: 1 })).toBeNull()
  })

  it('of a model without a price: unknown, never zero', () => {
    expect(cost(readUsage({ prompt_tokens: 1, completion_tokens: 1 }), azure('unheard-of'))).toBeNull()
  })
})
