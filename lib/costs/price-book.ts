/** What one model costs at one provider from a date on. */
export interface ModelPrice {
  /** Of a price that operators set; the built-in list has none. */
  id?: string
  provider: string
  model: string
  /** UTC date (`2026-01-31`) from whose first instant the price holds, until a later price of the same model. */
  effectiveFrom: string
  /** UTC date from whose first instant it holds no longer; null or absent: until the next. */
  effectiveTo?: string | null
  /** Pico-USD per token: USD per million tokens × 10⁶, so $10 per million is 10,000,000. */
  inputPicoUsd: bigint
  cachedInputPicoUsd: bigint
  /** Null where writing to the prompt cache costs what input costs. */
  cacheWritePicoUsd: bigint | null
  outputPicoUsd: bigint
  /** Of reasoning tokens, which are part of the output; output's price where null or absent. */
  reasoningPicoUsd?: bigint | null
  /** Of the input of embeddings; input's price where null or absent. */
  embeddingPicoUsd?: bigint | null
  /** Of a batch's input, cached or not, and its output; no price where null or absent. */
  batchInputPicoUsd?: bigint | null
  batchOutputPicoUsd?: bigint | null
  /** Of a token that a model is trained on, once an epoch; no price where null or absent. */
  trainingPicoUsd?: bigint | null
  /** Pico-USD per provisioned throughput unit and hour, whatever is asked of it. */
  ptuHourPicoUsd?: bigint | null
  /** Where the figures were read. */
  source: string
  /** Date on which the source said so. */
  asOf: string
}

/** Prices as versioned data; a ledger entry keeps the version its cost was computed with. */
export interface PriceBook {
  version: string
  prices: readonly ModelPrice[]
}

const datedName = /-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$/

/** What Azure appends to the name of a model that was tuned: its tokens cost what the model's it was made from do. */
const tunedName = /\.ft-[0-9a-f]+(-[^.]*)?$/

/**
 * The price that holds for a model at a time, or null. A dated model name (`gpt-4o-2024-11-20`) that the book does
 * not list has the price of the name without the date; a tuned model's the price of what it was made from.
 */
export function findPrice(
  book: PriceBook,
  wanted: { provider: string; model: string; atMs: number },
): ModelPrice | null {
  const exact = latestPrice(book, wanted)
  if (exact) return exact
  const plainer = [tunedName, datedName].find((form) => form.test(wanted.model))
  return plainer ? findPrice(book, { ...wanted, model: wanted.model.replace(plainer, '') }) : null
}

function latestPrice(
  book: PriceBook,
  { provider, model, atMs }: { provider: string; model: string; atMs: number },
): ModelPrice | null {
  const dated = datedPrices(book).get(`${provider} ${model}`) ?? []
  const latest = dated.find(({ fromMs }) => fromMs <= atMs)
  return latest && atMs < latest.toMs ? latest.price : null
}

interface DatedPrice {
  fromMs: number
  toMs: number
  price: ModelPrice
}

const indexes = new WeakMap<PriceBook, ReadonlyMap<string, readonly DatedPrice[]>>()

/** Prices by provider and model, latest first; made once a book. */
function datedPrices(book: PriceBook): ReadonlyMap<string, readonly DatedPrice[]> {
  const known = indexes.get(book)
  if (known) return known
  const index = new Map<string, DatedPrice[]>()
  for (const price of book.prices) {
    const key = `${price.provider} ${price.model}`
    const dated = [...(index.get(key) ?? []), datedPrice(price)]
    index.set(
      key,
      dated.sort((a, b) => b.fromMs - a.fromMs),
    )
  }
  indexes.set(book, index)
  return index
}

function datedPrice(price: ModelPrice): DatedPrice {
  const { effectiveFrom, effectiveTo } = price
  const toMs = effectiveTo ? Date.parse(effectiveTo) : Number.POSITIVE_INFINITY
  return { fromMs: Date.parse(effectiveFrom), toMs, price }
}
