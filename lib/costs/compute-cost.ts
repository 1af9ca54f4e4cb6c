import type { ModelPrice } from '#lib/costs/price-book'
import type { Usage } from '#lib/gateway/usage'

/**
 * What the tokens cost, in pico-USD, exactly: fresh input, cached input, cache writes and output, each at its own
 * price.
 * @throws RangeError when a count is not a whole number ≥ 0, or the parts of the input exceed it.
 */
export function computeCost(usage: Usage, price: ModelPrice): bigint {
  const input = tokens(usage.inputTokens, 'inputTokens')
  const cached = tokens(usage.cachedInputTokens, 'cachedInputTokens')
  const written = tokens(usage.cacheWriteTokens, 'cacheWriteTokens')
  const output = tokens(usage.outputTokens, 'outputTokens')
  const fresh = input - cached - written
  if (fresh < 0n) {
    throw new RangeError(
      `cached (${cached}) and cache-write (${written}) tokens exceed the input tokens (${input})`,
    )
  }
  return (
    fresh * price.inputPicoUsd +
    cached * price.cachedInputPicoUsd +
    written * (price.cacheWritePicoUsd ?? price.inputPicoUsd) +
    output * price.outputPicoUsd
  )
}

function tokens(count: number, name: string): bigint {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`${name} is not a count of tokens: ${count}`)
  return BigInt(count)
}
