import { beforeEach, expect, it } from 'vitest'
import { newPriceBody } from '#lib/contracts/prices'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { describePrices, toModelPrice } from '#server/costs/describe-prices'
import { createPriceStore, type PriceStore } from '#server/costs/price-store'
import type { Database } from '#server/db/database'
import { priceUsage } from '#server/gateway/price-usage'
import { describeIssues } from '#server/http/describe-issues'
import { describeOnDatabases } from '#tests/support/databases'

const nowMs = Date.UTC(2026, 10, 23, 12)
const clock = { nowMs: () => nowMs, monotonicMs: () => 0 }
const change = { actorId: 'usr_1', reason: 'new contract', requestId: 'req_1' }
const usage = {
  inputTokens: 1000,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 10,
  reasoningTokens: 0,
  source: 'provider' as const,
}

const body = {
  provider: 'azure-openai',
  model: 'gpt-4o',
  effectiveFrom: '2026-11-01',
  rates: { input: '2', output: '8', cachedInput: '0.5', ptuHour: '1.10' },
  source: 'contract 7',
  asOf: '2026-10-30',
  reason: 'new contract',
}
const aPrice = (changes: object = {}) => toModelPrice(newPriceBody.parse({ ...body, ...changes }))

describeOnDatabases('price store', (openDb) => {
  let db: Database
  let audited: unknown[] = []
  let ids = 0
  const open = (): PriceStore =>
    createPriceStore({
      db,
      clock,
      record: async (_tx, entry) => void audited.push(entry),
      newId: () => {
        ids += 1
        return `prc_${ids}`
      },
    })
  beforeEach(async () => {
    db = await openDb()
    await db.pool.query('TRUNCATE model_prices')
    audited = []
  })

  it('prices with what operators set from its day on, and keeps the version with the cost', async () => {
    const store = open()
    await store.reload()
    expect(store.current()).toBe(store.current())
    expect(store.current().version).toBe(builtInPrices.version)
    const id = await store.add(aPrice(), change)
    const other = open()
    await other.reload()
    for (const one of [store, other]) {
      const cost = (atMs: number) =>
        priceUsage(one.current(), usage, {
          provider: 'azure-openai',
          model: 'gpt-4o',
          atMs,
          purchase: 'chat',
        })
      const version = `${builtInPrices.version}+1`
      expect(cost(nowMs)).toEqual({
        costPicoUsd: 1000n * 2_000_000n + 10n * 8_000_000n,
        priceVersion: version,
      })
      expect(cost(Date.UTC(2026, 9, 31, 23, 59))).toMatchObject({
        costPicoUsd: 1000n * 2_500_000n + 10n * 10_000_000n,
      })
    }
    expect(audited).toMatchObject([
      { action: 'price.add', actorId: 'usr_1', reason: 'new contract', resource: `price/${id}` },
    ])
  })

  it('refuses overlapping days, naming the field, and changes nothing', async () => {
    const store = open()
    await store.add(aPrice({ effectiveTo: '2026-12-01' }), change)
    const version = store.current().version
    for (const [changes, param] of [
      [{ effectiveFrom: '2026-11-01' }, 'effectiveFrom'],
      [{ effectiveFrom: '2026-11-30' }, 'effectiveFrom'],
      [{ effectiveFrom: '2026-10-01', effectiveTo: '2026-11-02' }, 'effectiveTo'],
    ] as const)
      await expect(store.add(aPrice(changes), change)).rejects.toMatchObject({
        code: 'invalid_request',
        details: { param },
      })
    expect(store.current().version).toBe(version)
    await store.add(aPrice({ effectiveFrom: '2026-12-01' }), change)
    await store.add(aPrice({ effectiveFrom: '2026-10-01' }), change)
    expect(audited).toHaveLength(3)
  })

  it('takes back a wrong price under a version of its own; the built-in list stays', async () => {
    const store = open()
    const id = await store.add(aPrice(), change)
    await store.withdraw(id, change)
    expect(store.current()).toMatchObject({
      version: `${builtInPrices.version}+2`,
      prices: builtInPrices.prices,
    })
    await expect(store.withdraw(id, change)).rejects.toMatchObject({ code: 'not_found' })
    await store.add(aPrice(), change)
    expect(store.current().version).toBe(`${builtInPrices.version}+3`)
  })

  it('lets one of two win who set the same day at once', async () => {
    const stores = [open(), open()]
    const results = await Promise.allSettled(stores.map((store) => store.add(aPrice(), change)))
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('shows prices as they were written', async () => {
    const store = open()
    const id = await store.add(aPrice(), change)
    const shown = describePrices(store.current(), nowMs).prices.filter(({ model }) => model === 'gpt-4o')
    expect(shown.find((price) => price.id === id)).toMatchObject({
      current: true,
      rates: { input: '2', output: '8', cachedInput: '0.5', ptuHour: '1.1' },
      source: 'contract 7',
    })
    expect(shown.filter(({ provider, current }) => provider === 'azure-openai' && current)).toHaveLength(1)
  })

  it.each([
    [{ rates: { input: '-1', output: '1' } }, 'rates.input', 'negative'],
    [{ rates: { input: '1', output: '1', colour: '1' } }, 'rates.colour', 'no such kind'],
    [{ rates: { input: '1' } }, 'rates.output', 'required'],
    [{ rates: { input: '1e3', output: '1' } }, 'rates.input', 'amount'],
    [{ rates: { input: '0.0000001', output: '1' } }, 'rates.input', '6 decimals'],
    [{ effectiveTo: '2026-11-01' }, 'effectiveTo', 'later'],
    [{ effectiveFrom: '2026-13-01' }, 'effectiveFrom', ''],
    [{ provider: 'nobody' }, 'provider', ''],
    [{ reason: '' }, 'reason', ''],
  ])('refuses %o, naming %s', (changes, path, words) => {
    const parsed = newPriceBody.safeParse({ ...body, ...changes })
    const issues = parsed.success ? [] : describeIssues(parsed.error)
    expect(issues).toContainEqual({ path, message: expect.stringContaining(words) })
  })
})
