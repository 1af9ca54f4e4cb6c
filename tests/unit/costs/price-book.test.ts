import { describe, expect, it } from 'vitest'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { computeCost } from '#lib/costs/compute-cost'
import { findPrice, type ModelPrice, type PriceBook } from '#lib/costs/price-book'
import type { Usage } from '#lib/gateway/usage'

const usage = (counts: Partial<Usage>): Usage => ({
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  source: 'provider',
  ...counts,
})
const price = (changes: Partial<ModelPrice>): ModelPrice => ({
  provider: 'azure-openai',
  model: 'gpt-4o',
  effectiveFrom: '2026-01-01',
  inputPicoUsd: 2_500_000n,
  cachedInputPicoUsd: 1_250_000n,
  cacheWritePicoUsd: null,
  outputPicoUsd: 10_000_000n,
  source: 'https://example.com/prices',
  asOf: '2026-01-01',
  ...changes,
})
const now = Date.UTC(2026, 10, 23)

describe('findPrice', () => {
  const book: PriceBook = {
    version: '1',
    prices: [
      price({ effectiveFrom: '2026-06-01', inputPicoUsd: 2n }),
      price({ effectiveFrom: '2026-01-01', inputPicoUsd: 1n }),
      price({ effectiveFrom: '2026-01-01', provider: 'openai', inputPicoUsd: 3n }),
      price({ effectiveFrom: '2026-01-01', model: 'gpt-4o-2024-05-13', inputPicoUsd: 4n }),
    ],
  }
  const find = (model: string, atMs: number, provider = 'azure-openai') =>
    findPrice(book, { provider, model, atMs })?.inputPicoUsd ?? null

  it('takes the price that holds at the time, from its first instant on', () => {
    expect(find('gpt-4o', Date.UTC(2026, 5, 1))).toBe(2n)
    expect(find('gpt-4o', Date.UTC(2026, 5, 1) - 1)).toBe(1n)
    expect(find('gpt-4o', Date.UTC(2025, 11, 31))).toBeNull()
  })

  it('keeps providers apart and knows no price for what is not listed', () => {
    expect(find('gpt-4o', now, 'openai')).toBe(3n)
    expect(find('gpt-4o-mini', now)).toBeNull()
    expect(find('gpt-4o', now, 'anthropic')).toBeNull()
  })

  it('prices a dated name by its own entry, else by the name without the date', () => {
    expect(find('gpt-4o-2024-05-13', now)).toBe(4n)
    expect(find('gpt-4o-2024-11-20', now)).toBe(2n)
    expect(find('gpt-4o-20241120', now)).toBe(2n)
  })
})

describe('computeCost', () => {
  it('charges each kind of token at its own price', () => {
    const claude = price({
      inputPicoUsd: 3n,
      cachedInputPicoUsd: 1n,
      cacheWritePicoUsd: 4n,
      outputPicoUsd: 15n,
    })
    const counts = {
      inputTokens: 100,
      cachedInputTokens: 30,
      cacheWriteTokens: 20,
      outputTokens: 10,
      reasoningTokens: 9,
    }
    expect(computeCost(usage(counts), claude)).toBe(50n * 3n + 30n * 1n + 20n * 4n + 10n * 15n)
  })

  it('charges cache writes as input where they have no price of their own', () => {
    expect(computeCost(usage({ inputTokens: 10, cacheWriteTokens: 10 }), price({ inputPicoUsd: 7n }))).toBe(
      70n,
    )
  })

  it.each([
    { inputTokens: -1 },
    { outputTokens: 1.5 },
    { inputTokens: Number.NaN },
    { inputTokens: 5, cachedInputTokens: 4, cacheWriteTokens: 2 },
    { outputTokens: Number.MAX_SAFE_INTEGER + 1 },
  ])('refuses nonsense: %o', (counts) => {
    expect(() => computeCost(usage(counts), price({}))).toThrow(RangeError)
  })
})

describe('built-in prices', () => {
  it('are per token what the lists say per million', () => {
    const find = (provider: string, model: string) => findPrice(builtInPrices, { provider, model, atMs: now })
    expect(find('azure-openai', 'gpt-4-turbo')).toMatchObject({
      inputPicoUsd: 10_000_000n,
      outputPicoUsd: 30_000_000n,
    })
    expect(find('azure-openai', 'gpt-5-nano')).toMatchObject({
      inputPicoUsd: 50_000n,
      cachedInputPicoUsd: 5_000n,
    })
    expect(find('azure-openai', 'text-embedding-ada-002')).toMatchObject({
      inputPicoUsd: 100_000n,
      outputPicoUsd: 0n,
    })
    expect(find('openai', 'gpt-3.5-turbo')).toMatchObject({
      inputPicoUsd: 500_000n,
      outputPicoUsd: 1_500_000n,
    })
    expect(find('anthropic', 'claude-sonnet-4-20250514')).toMatchObject({ cacheWritePicoUsd: 3_750_000n })
  })

  it('name each model once a provider, with source and date', () => {
    const names = builtInPrices.prices.map(({ provider, model }) => `${provider}/${model}`)
    expect(new Set(names).size).toBe(names.length)
    for (const { source, asOf } of builtInPrices.prices) {
      expect(source).toContain('https://')
      expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
  })
})
