import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeCost } from '#lib/costs/compute-cost'
import { formatUsd, picoToUsdDecimal } from '#lib/costs/format-usd'
import type { ModelPrice } from '#lib/costs/price-book'
import type { Usage } from '#lib/gateway/usage'

const picoUsd = fc.bigInt({ min: 0n, max: 1_000_000_000n })
const price: fc.Arbitrary<ModelPrice> = fc.record({
  provider: fc.constant('p'),
  model: fc.constant('m'),
  effectiveFrom: fc.constant('2026-01-01'),
  inputPicoUsd: picoUsd,
  cachedInputPicoUsd: picoUsd,
  cacheWritePicoUsd: fc.option(picoUsd),
  outputPicoUsd: picoUsd,
  source: fc.constant('s'),
  asOf: fc.constant('2026-01-01'),
})
const count = fc.nat({ max: 2_000_000 })
const usage: fc.Arbitrary<Usage> = fc
  .record({ fresh: count, cachedInputTokens: count, cacheWriteTokens: count, outputTokens: count })
  .map(({ fresh, ...counts }) => ({
    ...counts,
    inputTokens: fresh + counts.cachedInputTokens + counts.cacheWriteTokens,
    reasoningTokens: 0,
    source: 'provider',
  }))
const plus = (a: Usage, b: Usage): Usage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  reasoningTokens: 0,
  source: 'provider',
})

describe('cost', () => {
  it('is additive: tokens cost the same together as apart, to the pico-USD', () => {
    fc.assert(
      fc.property(price, usage, usage, (prices, a, b) => {
        expect(computeCost(plus(a, b), prices)).toBe(computeCost(a, prices) + computeCost(b, prices))
      }),
    )
  })

  it('survives the decimal for machines, and the one for people is within one unit of its last digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (pico) => {
        expect(parse(picoToUsdDecimal(pico))).toBe(pico)
        const shown = formatUsd(pico).replace(/[$,]/g, '')
        const digits = shown.split('.')[1]?.length ?? 0
        const distance = parse(shown) - pico
        expect((distance < 0n ? -distance : distance) * 2n <= 10n ** BigInt(12 - digits)).toBe(true)
      }),
    )
  })
})

function parse(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.')
  const amount = BigInt(whole + fraction.padEnd(12, '0'))
  return decimal.startsWith('-') ? -amount : amount
}
