import type { NewPrice, PricesView, PriceView } from '#lib/contracts/prices'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { parseUsd } from '#lib/costs/parse-usd'
import { findPrice, type ModelPrice, type PriceBook } from '#lib/costs/price-book'
import { type PriceKind, priceKindNames, priceKinds } from '#lib/costs/price-kinds'

/** The book as the console shows it: by provider, model, and the latest first. */
export function describePrices(book: PriceBook, nowMs: number): PricesView {
  const prices = book.prices.map((price) =>
    priceView(price, findPrice(book, { ...price, atMs: nowMs }) === price),
  )
  prices.sort(
    (a, b) =>
      a.provider.localeCompare(b.provider) ||
      a.model.localeCompare(b.model) ||
      b.effectiveFrom.localeCompare(a.effectiveFrom),
  )
  return { version: book.version, prices }
}

/** A new price as the book keeps it. */
export function toModelPrice({ rates, reason: _reason, ...price }: NewPrice): Omit<ModelPrice, 'id'> {
  const amount = (kind: PriceKind) => {
    const text = rates[kind]
    return text === undefined ? null : parseUsd(text, priceKinds[kind].places)
  }
  const inputPicoUsd = amount('input') ?? 0n
  return {
    ...price,
    inputPicoUsd,
    cachedInputPicoUsd: amount('cachedInput') ?? inputPicoUsd,
    cacheWritePicoUsd: amount('cacheWrite'),
    outputPicoUsd: amount('output') ?? 0n,
    reasoningPicoUsd: amount('reasoning'),
    embeddingPicoUsd: amount('embedding'),
    batchInputPicoUsd: amount('batchInput'),
    batchOutputPicoUsd: amount('batchOutput'),
    trainingPicoUsd: amount('training'),
    ptuHourPicoUsd: amount('ptuHour'),
  }
}

function priceView(price: ModelPrice, current: boolean): PriceView {
  const rates: PriceView['rates'] = {}
  for (const kind of priceKindNames) {
    const { field, places } = priceKinds[kind]
    const amount = price[field] ?? null
    // Pico-USD per token × 10⁶ is pico-USD per million.
    if (amount !== null) rates[kind] = picoToUsdDecimal(places === 6 ? amount * 1_000_000n : amount)
  }
  const { id = null, provider, model, effectiveFrom, effectiveTo = null, source, asOf } = price
  return { id, provider, model, effectiveFrom, effectiveTo, current, rates, source, asOf }
}
