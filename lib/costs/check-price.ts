import type { ModelPrice, PriceBook } from '#lib/costs/price-book'

type Dated = Pick<ModelPrice, 'provider' | 'model' | 'effectiveFrom'> & { effectiveTo: string | null }

/**
 * Why a new price cannot stand beside those of the book: its dates overlap another price's of the same model. A price
 * without an end ends where the next begins, so only its first day is taken; one with an end has all its days.
 * Null when it can.
 */
export function priceConflict(book: PriceBook, wanted: Dated): { path: string; message: string } | null {
  const { effectiveFrom: from, effectiveTo: to } = wanted
  const others = book.prices.filter(
    (price) => price.provider === wanted.provider && price.model === wanted.model,
  )
  const taken = others.find(
    (price) =>
      price.effectiveFrom === from ||
      (price.effectiveFrom < from && price.effectiveTo != null && from < price.effectiveTo),
  )
  if (taken) {
    const message = `overlaps the price from ${taken.effectiveFrom}${taken.effectiveTo ? ` to ${taken.effectiveTo}` : ''}; choose another day or withdraw that one`
    return { path: 'effectiveFrom', message }
  }
  const covered = others.find(
    (price) => to !== null && price.effectiveFrom > from && price.effectiveFrom < to,
  )
  if (!covered) return null
  return {
    path: 'effectiveTo',
    message: `overlaps the price from ${covered.effectiveFrom}; end by then, or leave the end open`,
  }
}
