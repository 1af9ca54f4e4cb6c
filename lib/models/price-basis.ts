import { findPrice, type PriceBook } from '#lib/costs/price-book'

/** Whose price the tokens of a model are counted at. */
export interface PriceBasis {
  /** As the price book names it. */
  model: string
  /** False for a tuned model that is counted at the price of what it was made from: Azure may ask another. */
  isOwn: boolean
}

/** Null when the book has no price: then its requests have no cost, and an alert says so. */
export function priceBasis(
  book: PriceBook,
  wanted: { provider: string; model: string; atMs: number },
): PriceBasis | null {
  const found = findPrice(book, wanted)
  if (!found) return null
  const { model } = found
  return { model, isOwn: model === wanted.model || !wanted.model.includes('.ft-') }
}
