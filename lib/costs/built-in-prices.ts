import { parseUsd } from '#lib/costs/parse-usd'
import type { ModelPrice, PriceBook } from '#lib/costs/price-book'

/** USD per million tokens: input, output, cached input (input's price where null), cache write (likewise). */
type Row = readonly [model: string, input: string, output: string, cached: string | null, write?: string]

interface PriceList {
  provider: string
  source: string
  asOf: string
  rows: readonly Row[]
  /** Models that batches can be made of, at half the price. */
  batches: RegExp
  /** Models that run on provisioned throughput too, and USD per unit and hour in a single region. */
  provisioned?: { models: RegExp; usdPerHour: string }
}

/** The "Global" list; regional deployments cost slightly more. Long-context surcharges are not in it. */
const azure: PriceList = {
  provider: 'azure-openai',
  source:
    'npm @pydantic/genai-prices 0.1.8, after https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/',
  asOf: '2026-09-23',
  rows: [
    ['gpt-4', '30', '60', null],
    ['gpt-4-turbo', '10', '30', null],
    ['gpt-35-turbo', '0.5', '1.5', null],
    ['gpt-4o', '2.5', '10', '1.25'],
    ['gpt-4o-mini', '0.15', '0.6', '0.075'],
    ['gpt-4.1', '2', '8', '0.5'],
    ['gpt-4.1-mini', '0.4', '1.6', '0.1'],
    ['gpt-4.1-nano', '0.1', '0.4', '0.025'],
    ['gpt-5', '1.25', '10', '0.125'],
    ['gpt-5.1', '1.25', '10', '0.125'],
    ['gpt-5-mini', '0.25', '2', '0.025'],
    ['gpt-5-nano', '0.05', '0.4', '0.005'],
    ['gpt-5.2', '1.75', '14', '0.175'],
    ['gpt-5.4', '2.5', '15', '0.25'],
    ['gpt-5.4-mini', '0.75', '4.5', '0.075'],
    ['gpt-5.4-nano', '0.2', '1.2', '0.02'],
    ['gpt-5.5', '5', '30', '0.5'],
    ['gpt-5.6-sol', '4', '20', '0.4'],
    ['gpt-5.6-terra', '2', '12', '0.2'],
    ['gpt-5.6-luna', '0.2', '1.2', '0.02'],
    ['text-embedding-ada-002', '0.1', '0', null],
    ['text-embedding-3-small', '0.02', '0', null],
    ['text-embedding-3-large', '0.13', '0', null],
  ],
  batches: /^gpt-/,
  // A public calculator after Azure's page, 2026-02: no price sheet, so look at it before buying.
  provisioned: { models: /^gpt-/, usdPerHour: '2' },
}

const openAi: PriceList = {
  provider: 'openai',
  source: 'https://platform.openai.com/docs/pricing',
  asOf: '2026-09-23',
  rows: [
    ['gpt-4', '30', '60', null],
    ['gpt-4-turbo', '10', '30', null],
    ['gpt-3.5-turbo', '0.5', '1.5', null],
    ...azure.rows.filter(([model]) => /^(gpt-4[o.]|gpt-5|text-embedding-)/.test(model)),
  ],
  batches: /./,
}

/** The cache-write price is that of the five-minute cache, which is the provider's default. */
const anthropic: PriceList = {
  provider: 'anthropic',
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
  asOf: '2026-09-15',
  rows: [
    ['claude-opus-4', '15', '75', '1.5', '18.75'],
    ['claude-opus-4-1', '15', '75', '1.5', '18.75'],
    ['claude-opus-4-5', '5', '25', '0.5', '6.25'],
    ['claude-opus-4-6', '5', '25', '0.5', '6.25'],
    ['claude-opus-4-7', '5', '25', '0.5', '6.25'],
    ['claude-opus-4-8', '5', '25', '0.5', '6.25'],
    ['claude-opus-5', '5', '25', '0.5', '6.25'],
    ['claude-sonnet-4', '3', '15', '0.3', '3.75'],
    ['claude-sonnet-4-5', '3', '15', '0.3', '3.75'],
    ['claude-sonnet-4-6', '3', '15', '0.3', '3.75'],
    ['claude-sonnet-5', '2', '10', '0.2', '2.5'],
    ['claude-haiku-4-5', '1', '5', '0.1', '1.25'],
  ],
  batches: /./,
}

/** List prices without discounts. The book knows no earlier prices, so each holds for all the time before. */
export const builtInPrices: PriceBook = {
  version: '2026-09-23',
  prices: [azure, openAi, anthropic].flatMap((list) => list.rows.map((row) => toPrice(list, row))),
}

function toPrice(list: PriceList, [model, input, output, cached, write]: Row): ModelPrice {
  const [inputPicoUsd, outputPicoUsd] = [perToken(input), perToken(output)]
  const inBatches = list.batches.test(model)
  const { provisioned } = list
  return {
    provider: list.provider,
    model,
    effectiveFrom: '1970-01-01',
    inputPicoUsd,
    cachedInputPicoUsd: perToken(cached ?? input),
    cacheWritePicoUsd: write === undefined ? null : perToken(write),
    outputPicoUsd,
    reasoningPicoUsd: null,
    embeddingPicoUsd: model.startsWith('text-embedding-') ? inputPicoUsd : null,
    batchInputPicoUsd: inBatches ? inputPicoUsd / 2n : null,
    batchOutputPicoUsd: inBatches ? outputPicoUsd / 2n : null,
    ptuHourPicoUsd: provisioned?.models.test(model) ? perToken(provisioned.usdPerHour) * 1_000_000n : null,
    source: list.source,
    asOf: list.asOf,
  }
}

/** Pico-USD per token from USD per million tokens; exact, which floating point would not be. */
function perToken(usdPerMillion: string): bigint {
  return parseUsd(usdPerMillion, 6)
}
