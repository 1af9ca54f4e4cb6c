import { beforeAll, expect, it } from 'vitest'
import { recommendationsView } from '#lib/contracts/cost-advice'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { computeCost } from '#lib/costs/compute-cost'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import { findPrice } from '#lib/costs/price-book'
import { indexCatalog } from '#lib/deployments/catalog'
import { catalogSchema } from '#lib/deployments/catalog-schema'
import { readRecommendations } from '#server/costs/read-recommendations'
import type { Database } from '#server/db/database'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const nowMs = Date.UTC(2026, 9, 21, 12)
const minuteMs = 60_000
const catalog = indexCatalog(
  catalogSchema.parse({
    regions: [{ name: 'westeurope', endpoint: 'https://we.example', role: 'primary' }],
    deployments: ['gpt-4o', 'gpt-4o-mini'].map((model) => ({
      ...{ id: model, region: 'westeurope', deployment: model, model, contextTokens: 128_000 },
    })),
    tiers: { premium: { chain: ['gpt-4o'] }, economy: { chain: ['gpt-4o-mini'] } },
  }),
)
const usage = (inputTokens: number, outputTokens: number): LedgerRecord['usage'] => ({
  ...{ inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  source: 'provider',
})
const price = findPrice(builtInPrices, { provider: 'azure-openai', model: 'gpt-4o', atMs: nowMs })
const base = { provider: 'azure-openai', model: 'gpt-4o', deploymentId: 'gpt-4o', tier: 'premium' }
const booked = (id: string, changes: Partial<LedgerRecord>): LedgerRecord => {
  const record = aRecord(id, { ...base, ...changes })
  return { ...record, costPicoUsd: price ? String(computeCost(record.usage, price)) : null }
}

/** A session of ten turns that grows by 1,000 tokens a minute; ten summaries; one request of long ago. */
const records = [
  ...Array.from({ length: 10 }, (_, turn) =>
    booked(`req_turn_${turn}`, {
      startedAtMs: nowMs - 3_600_000 + turn * minuteMs,
      ...{ operation: 'chat', sessionId: 'ses_1', streamed: true, usage: usage(1_000 * (turn + 1), 100) },
    }),
  ),
  ...Array.from({ length: 10 }, (_, index) =>
    booked(`req_summary_${index}`, {
      startedAtMs: nowMs - 7_200_000 + index,
      ...{ operation: 'summary', sessionId: null, streamed: false, usage: usage(20_000, 500) },
    }),
  ),
  booked('req_old', { startedAtMs: nowMs - 40 * 86_400_000, operation: 'old', usage: usage(90_000, 1) }),
]

describeOnDatabases('readRecommendations', (openDb) => {
  let db: Database
  beforeAll(async () => {
    db = await openDb()
    await bookInto(db, records)
  })
  const read = async (minimumShareBps = 500) =>
    recommendationsView.parse(
      JSON.parse(
        JSON.stringify(
          await readRecommendations(
            { db, catalog, book: builtInPrices, nowMs },
            { days: 7, minimumShareBps, keepTokens: 8_000 },
          ),
        ),
      ),
    )

  it('names each saving with the rows behind it', async () => {
    const { recommendations, accounts } = await read()
    expect(accounts).toEqual(['acc_1'])
    expect(new Set(recommendations.map(({ kind, title }) => `${kind}: ${title}`))).toEqual(
      new Set([
        'cheaper_tier: Ask economy (gpt-4o-mini) instead of premium for summary',
        'cheaper_tier: Ask economy (gpt-4o-mini) instead of premium for chat',
        'batch: Send summary (premium) as a batch',
        'truncation: Cut prompts of summary (premium) to 8,000 tokens',
        'truncation: Cut prompts of chat (premium) to 8,000 tokens',
        'prompt_caching: Keep the beginning of prompts the same within a session: chat (premium)',
      ]),
    )
    const batch = recommendations.find(({ kind }) => kind === 'batch')
    expect(batch).toMatchObject({ evidenceRows: 1, savingShareBps: 5000 })
    expect(batch?.evidence[0]).toMatchObject({ operation: 'summary', requests: 10, inputTokens: 200_000 })
    expect(BigInt(batch?.savingPerMonthPicoUsd ?? 0)).toBe((BigInt(batch?.savingPicoUsd ?? 0) * 30n) / 7n)
  })

  it('finds in a session what each request could have read from the cache', async () => {
    const caching = (await read()).recommendations.find(({ kind }) => kind === 'prompt_caching')
    // 1,000 tokens are too few; from 2,000 on whole steps of 128 of what the request before sent.
    const cachable = Array.from({ length: 9 }, (_, turn) => 1_000 * (turn + 1)).filter(
      (tokens) => tokens >= 1024,
    )
    const found = cachable.reduce((sum, tokens) => sum + Math.floor(tokens / 128) * 128, 0)
    expect(BigInt(caching?.savingPicoUsd ?? 0)).toBe(
      BigInt(found) * ((price?.inputPicoUsd ?? 0n) - (price?.cachedInputPicoUsd ?? 0n)),
    )
  })

  it('recommends less when more must be saved, and nothing where nothing is booked', async () => {
    const demanding = await read(9_000)
    expect(demanding.recommendations.map(({ kind }) => kind)).toEqual(['cheaper_tier', 'cheaper_tier'])
    const elsewhere = await readRecommendations(
      { db, catalog, book: builtInPrices, nowMs },
      { account: 'acc_none', days: 7, minimumShareBps: 1, keepTokens: 8_000 },
    )
    expect(elsewhere).toMatchObject({ recommendations: [], changesCompared: 0 })
  })
})
