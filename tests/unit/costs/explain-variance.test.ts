import { describe, expect, it } from 'vitest'
import { explainVariance, type VarianceInput } from '#lib/costs/explain-variance'

const agreeing: VarianceInput = {
  invoicedTokens: 1_000_000,
  invoicedPicoUsd: 10_000_000_000_000n,
  ledgerTokens: 1_000_000,
  ledgerPicoUsd: 10_000_000_000_000n,
  neighbours: { before: 0, after: 0 },
  allInputDifference: 0,
  unfinished: false,
}
const causeOf = (changes: Partial<VarianceInput>) => explainVariance({ ...agreeing, ...changes }).cause

describe('the likely cause of a variance', () => {
  it('is none where both agree, or nearly so', () => {
    expect(causeOf({})).toBe('none')
    expect(causeOf({ invoicedTokens: 1_000_900, invoicedPicoUsd: 10_009_000_000_000n })).toBe('none')
  })

  it('is a model without a price where the ledger knows no cost', () => {
    expect(causeOf({ ledgerPicoUsd: null })).toBe('unpriced_model')
  })

  it('is a changed price where the tokens agree and the money does not', () => {
    const { cause, text } = explainVariance({ ...agreeing, invoicedPicoUsd: 12_500_000_000_000n })
    expect(cause).toBe('price_change')
    expect(text).toContain('$12.50 a million, the price book says $10.00')
  })

  it('is cached tokens where the input adds up and its parts do not', () => {
    const input = { invoicedTokens: 1_400_000, invoicedPicoUsd: 14_000_000_000_000n }
    expect(causeOf({ ...input, allInputDifference: 2_000 })).toBe('cached_tokens')
  })

  it('is the time zone where a neighbouring day lacks what this one has too much', () => {
    const shifted = { invoicedTokens: 1_300_000, allInputDifference: 300_000 }
    expect(causeOf({ ...shifted, neighbours: { before: -300_000, after: 0 } })).toBe('time_zone')
    expect(causeOf({ ...shifted, neighbours: { before: 10_000, after: -295_000 } })).toBe('time_zone')
  })

  it('is traffic that did not pass through here where more is charged than was seen', () => {
    const more = { invoicedTokens: 1_300_000, allInputDifference: null }
    expect(causeOf(more)).toBe('unlogged_traffic')
    expect(causeOf({ ...more, neighbours: { before: 300_000, after: 300_000 } })).toBe('unlogged_traffic')
    expect(causeOf({ ...more, ledgerTokens: 0, ledgerPicoUsd: null })).toBe('unlogged_traffic')
  })

  it('is an unfinished invoice where less is charged than was seen', () => {
    const less = { ...agreeing, invoicedTokens: 600_000, allInputDifference: null, unfinished: true }
    expect(explainVariance(less)).toMatchObject({ cause: 'not_invoiced' })
    expect(explainVariance(less).text).toContain('still being filled')
  })
})
