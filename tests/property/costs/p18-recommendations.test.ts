import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AdviceRow, DeploymentHour, TokenSums } from '#lib/costs/advice-row'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { computeCost, priceFor } from '#lib/costs/compute-cost'
import { listCapacityChanges } from '#lib/costs/list-capacity-changes'
import { listChanges } from '#lib/costs/list-changes'
import { findPrice } from '#lib/costs/price-book'
import { recommendSavings, type SavingsChange } from '#lib/costs/savings-change'

const nowMs = Date.UTC(2026, 10, 1)
const keepTokens = 4_000
const tiers = [
  {
    tier: 'premium',
    provider: 'azure-openai',
    deploymentId: 'p',
    model: 'gpt-4-turbo',
    contextTokens: 128_000,
  },
  { tier: 'standard', provider: 'azure-openai', deploymentId: 's', model: 'gpt-4o', contextTokens: 128_000 },
  {
    tier: 'economy',
    provider: 'azure-openai',
    deploymentId: 'e',
    model: 'gpt-5-mini',
    contextTokens: 20_000,
  },
]
const context = { book: builtInPrices, nowMs, tiers, keepTokens }
const models = [
  { provider: 'azure-openai', model: 'gpt-4-turbo' },
  { provider: 'azure-openai', model: 'gpt-4o' },
  { provider: 'azure-openai', model: 'gpt-5-mini' },
  { provider: 'anthropic', model: 'claude-sonnet-5' },
  { provider: 'azure-openai', model: 'no-such-model' },
]

/** One request as a row; its what-ifs are consistent with its tokens. */
const request: fc.Arbitrary<AdviceRow> = fc
  .record({
    route: fc.constantFrom(...models),
    accountId: fc.constantFrom('acc_1', 'acc_2'),
    operation: fc.constantFrom('chat', 'summary'),
    tier: fc.constantFrom('premium', 'standard', 'economy', ''),
    fresh: fc.nat({ max: 9_000 }),
    cached: fc.nat({ max: 3_000 }),
    written: fc.nat({ max: 2_000 }),
    found: fc.nat({ max: 9_000 }),
    outputTokens: fc.nat({ max: 2_000 }),
    reasoningTokens: fc.nat({ max: 0 }),
    deferrable: fc.boolean(),
  })
  .map(({ route, fresh, cached, written, found, ...rest }) => {
    const inputTokens = fresh + cached + written
    const thenCached = Math.max(cached, Math.min(found, inputTokens))
    return {
      ...rest,
      ...route,
      deploymentId: route.model,
      kind: 'chat',
      requests: 1,
      inputTokens,
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      maxInputTokens: inputTokens,
      whenCached: { cachedInputTokens: thenCached, cacheWriteTokens: inputTokens - thenCached },
      whenTruncated: {
        requests: inputTokens > keepTokens ? 1 : 0,
        inputTokens: Math.min(inputTokens, keepTokens),
      },
    }
  })

function priceAt(row: { provider: string; model: string }, tokens: TokenSums): bigint {
  const price = findPrice(builtInPrices, { ...row, atMs: nowMs })
  if (!price) throw new Error(`no price for ${row.model}`)
  return computeCost({ ...tokens, source: 'provider' }, price)
}

/** What a change would have made of one request, worked out anew from its words. */
function repriced(row: AdviceRow, change: SavingsChange): bigint {
  const uncached = { ...row, cachedInputTokens: 0, cacheWriteTokens: 0 }
  if (change.kind === 'cheaper_tier') {
    const target = tiers.find(({ tier }) => change.id.endsWith(`/${tier}`))
    return priceAt(target ?? row, uncached)
  }
  if (change.kind === 'truncation')
    return priceAt(row, { ...uncached, inputTokens: Math.min(row.inputTokens, keepTokens) })
  if (change.kind === 'batch') {
    const price = findPrice(builtInPrices, { ...row, atMs: nowMs })
    return (
      BigInt(row.inputTokens) * (price?.batchInputPicoUsd ?? 0n) +
      BigInt(row.outputTokens) * (price?.batchOutputPicoUsd ?? 0n)
    )
  }
  const anthropic = row.provider === 'anthropic'
  return priceAt(row, {
    ...row,
    cachedInputTokens: row.whenCached.cachedInputTokens,
    cacheWriteTokens: anthropic ? row.whenCached.cacheWriteTokens : 0,
  })
}

function concerns(change: SavingsChange, row: AdviceRow): boolean {
  const [kind, accountId, operation, tier] = change.id.split('/')
  if (row.accountId !== accountId || row.operation !== operation || row.tier !== tier) return false
  const price = findPrice(builtInPrices, { ...row, atMs: nowMs })
  if (!price) return false
  if (kind === 'batch') return row.deferrable && priceFor(price, 'batch') !== null
  if (kind === 'truncation') return row.whenTruncated.requests > 0
  if (kind === 'prompt_caching')
    return (
      price.cachedInputPicoUsd < price.inputPicoUsd &&
      row.whenCached.cachedInputTokens > row.cachedInputTokens
    )
  return true
}

/** Alike rows added up, as the ledger's reader does. */
function fold(rows: readonly AdviceRow[]): AdviceRow[] {
  const groups = Map.groupBy(rows, (row) =>
    [
      row.accountId,
      row.operation,
      row.tier,
      row.provider,
      row.model,
      row.deferrable,
      row.whenTruncated.requests,
    ].join(' '),
  )
  return [...groups.values()].flatMap((group) => {
    const sum = (pick: (row: AdviceRow) => number) => group.reduce((all, row) => all + pick(row), 0)
    return group.slice(0, 1).map((first) => ({
      ...first,
      requests: group.length,
      maxInputTokens: Math.max(...group.map(({ maxInputTokens }) => maxInputTokens)),
      inputTokens: sum((row) => row.inputTokens),
      cachedInputTokens: sum((row) => row.cachedInputTokens),
      cacheWriteTokens: sum((row) => row.cacheWriteTokens),
      outputTokens: sum((row) => row.outputTokens),
      reasoningTokens: sum((row) => row.reasoningTokens),
      whenCached: {
        cachedInputTokens: sum((row) => row.whenCached.cachedInputTokens),
        cacheWriteTokens: sum((row) => row.whenCached.cacheWriteTokens),
      },
      whenTruncated: {
        requests: sum((row) => row.whenTruncated.requests),
        inputTokens: sum((row) => row.whenTruncated.inputTokens),
      },
    }))
  })
}

const requests = fc.array(request, { minLength: 1, maxLength: 40 })
const share = fc.integer({ min: 1, max: 10_000 })
const least = (now: bigint, bps: number) => now * BigInt(bps)

describe('recommendations', () => {
  it('P18 the saving is what re-pricing each row gives, and no recommendation would cost more', () => {
    fc.assert(
      fc.property(requests, share, (rows, minimumShareBps) => {
        const changes = listChanges(rows, context)
        for (const found of recommendSavings(changes, { minimumShareBps, spanDays: 30 })) {
          const own = rows.filter((row) => concerns(found, row))
          const now = own.reduce((sum, row) => sum + priceAt(row, row), 0n)
          const then = own.reduce((sum, row) => sum + repriced(row, found), 0n)
          expect([found.nowPicoUsd, found.thenPicoUsd]).toEqual([now, then])
          expect(then).toBeLessThan(now)
          expect(found.savingPicoUsd).toBe(now - then)
          expect(found.savingPerMonthPicoUsd).toBe(now - then)
          const shown = found.evidence.reduce((sum, row) => sum + row.nowPicoUsd - row.thenPicoUsd, 0n)
          expect(shown).toBe(found.savingPicoUsd)
        }
      }),
    )
  })

  it('P18 any listed change that saves at least the configured share is recommended, and no other', () => {
    fc.assert(
      fc.property(requests, share, (rows, minimumShareBps) => {
        const changes = listChanges(rows, context)
        const recommended = new Set(
          recommendSavings(changes, { minimumShareBps, spanDays: 7 }).map(({ id }) => id),
        )
        expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length)
        for (const { id, nowPicoUsd: now, thenPicoUsd: then } of changes) {
          const saves = now > then && (now - then) * 10_000n >= least(now, minimumShareBps)
          expect(recommended.has(id)).toBe(saves)
        }
      }),
    )
  })

  it('P18 rows added up say the same as the rows themselves', () => {
    fc.assert(
      fc.property(requests, (rows) => {
        const alike = rows.filter(({ model }) => model !== 'no-such-model')
        const figures = (changes: readonly SavingsChange[]) =>
          new Map(
            changes
              .filter(({ kind }) => kind === 'batch' || kind === 'truncation')
              .map(({ id, ...change }) => [id, change]),
          )
        const apart = figures(listChanges(alike, context))
        const together = figures(listChanges(fold(alike), context))
        expect([...together.keys()].sort()).toEqual([...apart.keys()].sort())
        for (const [id, change] of together) {
          expect(change.nowPicoUsd).toBe(apart.get(id)?.nowPicoUsd)
          expect(change.thenPicoUsd).toBe(apart.get(id)?.thenPicoUsd)
        }
      }),
    )
  })

  it('P18 units are recommended at the size that costs least, and never where the tokens cost less', () => {
    const hour: fc.Arbitrary<DeploymentHour> = fc
      .record({
        hourStartMs: fc.nat(),
        fresh: fc.nat({ max: 40_000_000 }),
        outputTokens: fc.nat({ max: 9_000_000 }),
      })
      .map(({ fresh, ...rest }) => ({
        ...rest,
        accountId: '',
        provider: 'azure-openai',
        deploymentId: 'd',
        model: 'gpt-4o',
        requests: 1,
        inputTokens: fresh,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      }))
    const unitHour = 10n ** 12n
    fc.assert(
      fc.property(
        fc.array(hour, { minLength: 1, maxLength: 24 }),
        fc.constantFrom(0, 50, 100),
        (hours, ptu) => {
          const deployment = {
            deploymentId: 'd',
            ptu,
            sizes: { minimum: 15, step: 5 },
            unitHourPicoUsd: unitHour,
          }
          const [change, ...others] = listCapacityChanges(hours, {
            ...{ book: builtInPrices, nowMs, spanHours: 24 },
            deployments: [deployment],
          })
          const tokensPicoUsd = hours.reduce((sum, row) => sum + priceAt(row, row), 0n)
          expect(others).toEqual([])
          if (ptu > 0) {
            expect(change).toMatchObject({ kind: 'pay_as_you_go', thenPicoUsd: tokensPicoUsd })
            expect(change?.nowPicoUsd).toBe(BigInt(ptu) * 24n * unitHour)
            return
          }
          expect(change).toMatchObject({ kind: 'ptu', nowPicoUsd: tokensPicoUsd })
          const units = Number(/\d+/.exec(change?.title ?? '')?.[0])
          expect((units - 15) % 5).toBe(0)
          expect(change?.thenPicoUsd).toBeGreaterThanOrEqual(BigInt(units) * 24n * unitHour)
          const found = recommendSavings(change ? [change] : [], { minimumShareBps: 1, spanDays: 1 })
          for (const { thenPicoUsd } of found) expect(thenPicoUsd).toBeLessThan(tokensPicoUsd)
        },
      ),
    )
  })
})
