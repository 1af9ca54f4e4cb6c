import { computeCost, type Purchase, priceFor } from '#lib/costs/compute-cost'
import { findPrice, type PriceBook } from '#lib/costs/price-book'
import type { Usage } from '#lib/gateway/usage'

export interface PricedUsage {
  /** Null when tokens were used but the model has no price: never zero. */
  costPicoUsd: bigint | null
  priceVersion: string | null
}

/** Prices tokens by the book that held at `atMs`. No tokens cost nothing, priced model or not. */
export function priceUsage(
  book: PriceBook,
  usage: Usage,
  what: { provider: string; model: string; atMs: number; purchase: Purchase },
): PricedUsage {
  const listed = findPrice(book, what)
  const price = listed && priceFor(listed, what.purchase)
  if (price) return { costPicoUsd: computeCost(usage, price), priceVersion: book.version }
  const free = usage.inputTokens === 0 && usage.outputTokens === 0
  return { costPicoUsd: free ? 0n : null, priceVersion: null }
}
