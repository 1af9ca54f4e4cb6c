import type { ModelPrice } from '#lib/costs/price-book'
import type { Usage } from '#lib/gateway/usage'

/**
 * What the tokens cost, in pico-USD, exactly: fresh input, cached input, cache writes, output and reasoning, each at
 * its own price.
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
    outputCost({ usage, price, output })
  )
}

/** How tokens are bought, where that has a price of its own. */
export type Purchase = 'chat' | 'embeddings' | 'batch'

/** The price as it holds for a way of buying; null when the model cannot be bought that way. */
export function priceFor(price: ModelPrice, purchase: Purchase): ModelPrice | null {
  if (purchase === 'chat') return price
  if (purchase === 'embeddings') {
    const each = price.embeddingPicoUsd ?? null
    return each === null ? price : { ...price, inputPicoUsd: each, cachedInputPicoUsd: each }
  }
  const { batchInputPicoUsd: input = null, batchOutputPicoUsd: output = null } = price
  if (input === null || output === null) return null
  const inputs = { inputPicoUsd: input, cachedInputPicoUsd: input, cacheWritePicoUsd: null }
  return { ...price, ...inputs, outputPicoUsd: output, reasoningPicoUsd: null }
}

function outputCost({ usage, price, output }: { usage: Usage; price: ModelPrice; output: bigint }): bigint {
  const each = price.reasoningPicoUsd ?? null
  if (each === null) return output * price.outputPicoUsd
  const reasoning = tokens(usage.reasoningTokens, 'reasoningTokens')
  if (reasoning > output)
    throw new RangeError(`reasoning tokens (${reasoning}) exceed the output tokens (${output})`)
  return (output - reasoning) * price.outputPicoUsd + reasoning * each
}

function tokens(count: number, name: string): bigint {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`${name} is not a count of tokens: ${count}`)
  return BigInt(count)
}
