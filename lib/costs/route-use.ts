import { toUsd } from '#lib/costs/day-series'
import { findPrice, type ModelPrice, type PriceBook } from '#lib/costs/price-book'
import { dayStartMs } from '#lib/costs/utc-day'

/** One UTC day of something's requests to one model of a provider. */
export interface RouteDay {
  day: string
  provider: string
  model: string
  requests: number
  errors: number
  inputTokens: number
  cachedInputTokens: number
  cacheWriteTokens: number
  outputTokens: number
  costPicoUsd: bigint
  /** Of attempts that did not succeed, within the figures above. */
  wastedPicoUsd: bigint
  wastedInputTokens: number
  wastedOutputTokens: number
}

/** USD per token by kind. */
interface TokenPrices {
  fresh: number
  cached: number
  written: number
  output: number
}

/**
 * Days of one model together, as factors whose product is what they cost:
 * requests × (answered share × tokens per answered request × prices + other + wasted).
 */
export interface RouteUse {
  model: string
  requests: number
  answeredShare: number
  /** Per answered request. */
  inputTokens: number
  outputTokens: number
  /** Shares of the input. */
  cachedShare: number
  writtenShare: number
  prices: TokenPrices
  /** USD per request that no token explains: of models without a price per token. */
  otherUsd: number
  /** USD per request that went into attempts without an answer. */
  wastedUsd: number
}

interface Sums {
  model: string
  requests: number
  errors: number
  fresh: number
  cached: number
  written: number
  output: number
  usd: number
  wastedUsd: number
  /** What the tokens of each kind cost at the days' prices. */
  freshUsd: number
  cachedUsd: number
  writtenUsd: number
  outputUsd: number
  /** The price of a token of each kind as it was listed last: of kinds that were not used, it is all that is known. */
  listed: TokenPrices
}

/** By provider and model. Their costs add up to what was booked: where tokens × prices say otherwise, prices are scaled to it. */
export function routeUses(days: readonly RouteDay[], book: PriceBook): ReadonlyMap<string, RouteUse> {
  const sums = new Map<string, Sums>()
  for (const day of days) {
    const key = `${day.provider} ${day.model}`
    const sum = sums.get(key) ?? emptySums(day.model)
    const { provider, model } = day
    addDay(sum, day, findPrice(book, { provider, model, atMs: dayStartMs(day.day) }))
    sums.set(key, sum)
  }
  return new Map([...sums].flatMap(([key, sum]) => (sum.requests > 0 ? [[key, toUse(sum)]] : [])))
}

function emptySums(model: string): Sums {
  const tokens = { fresh: 0, cached: 0, written: 0, output: 0 }
  const costs = { usd: 0, wastedUsd: 0, freshUsd: 0, cachedUsd: 0, writtenUsd: 0, outputUsd: 0 }
  const listed = { fresh: 0, cached: 0, written: 0, output: 0 }
  return { model, requests: 0, errors: 0, ...tokens, ...costs, listed }
}

function addDay(sum: Sums, day: RouteDay, price: ModelPrice | null): void {
  const parts = day.cachedInputTokens + day.cacheWriteTokens
  const fresh = Math.max(0, day.inputTokens - day.wastedInputTokens - parts)
  const output = Math.max(0, day.outputTokens - day.wastedOutputTokens)
  sum.requests += day.requests
  sum.errors += day.errors
  sum.fresh += fresh
  sum.cached += day.cachedInputTokens
  sum.written += day.cacheWriteTokens
  sum.output += output
  sum.usd += toUsd(day.costPicoUsd)
  sum.wastedUsd += toUsd(day.wastedPicoUsd)
  if (price === null) return
  const listed = {
    fresh: toUsd(price.inputPicoUsd),
    cached: toUsd(price.cachedInputPicoUsd),
    written: toUsd(price.cacheWritePicoUsd ?? price.inputPicoUsd),
    output: toUsd(price.outputPicoUsd),
  }
  sum.freshUsd += fresh * listed.fresh
  sum.cachedUsd += day.cachedInputTokens * listed.cached
  sum.writtenUsd += day.cacheWriteTokens * listed.written
  sum.outputUsd += output * listed.output
  sum.listed = listed
}

function toUse(sum: Sums): RouteUse {
  const { requests } = sum
  const answered = requests > sum.errors ? requests - sum.errors : requests
  const input = sum.fresh + sum.cached + sum.written
  const answeredUsd = sum.usd - sum.wastedUsd
  const listedUsd = sum.freshUsd + sum.cachedUsd + sum.writtenUsd + sum.outputUsd
  const scale = listedUsd > 0 ? answeredUsd / listedUsd : 0
  const each = (usd: number, tokens: number, listed: number) => scale * (tokens > 0 ? usd / tokens : listed)
  return {
    model: sum.model,
    requests,
    answeredShare: answered / requests,
    inputTokens: input / answered,
    outputTokens: sum.output / answered,
    cachedShare: input > 0 ? sum.cached / input : 0,
    writtenShare: input > 0 ? sum.written / input : 0,
    prices: {
      fresh: each(sum.freshUsd, sum.fresh, sum.listed.fresh),
      cached: each(sum.cachedUsd, sum.cached, sum.listed.cached),
      written: each(sum.writtenUsd, sum.written, sum.listed.written),
      output: each(sum.outputUsd, sum.output, sum.listed.output),
    },
    otherUsd: listedUsd > 0 ? 0 : answeredUsd / requests,
    wastedUsd: sum.wastedUsd / requests,
  }
}

/** What the tokens of one answered request cost. */
export function answerUsd(use: RouteUse): number {
  const { cachedShare, writtenShare, prices } = use
  const input =
    (1 - cachedShare - writtenShare) * prices.fresh +
    cachedShare * prices.cached +
    writtenShare * prices.written
  return use.inputTokens * input + use.outputTokens * prices.output
}
