import { describe, expect, it } from 'vitest'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { findShift } from '#lib/costs/find-shift'
import { findPrice } from '#lib/costs/price-book'
import type { RouteDay } from '#lib/costs/route-use'
import { scoreShifts } from '#lib/costs/score-shifts'
import type { SpottedChange } from '#lib/costs/spot-changes'
import { tellChange } from '#lib/costs/tell-change'
import { addDays } from '#lib/costs/utc-day'

describe('the evaluation of anomalies', () => {
  const score = scoreShifts({ series: 30, seed: 3 })
  const found = (name: string, kind = 'steady') =>
    score.found.find((one) => one.name === name && one.kind === kind)

  it('tells of a change where there is none less than once in ten months of a creator', () => {
    expect(score.falseAlarmsPerMonth).toBeLessThan(0.1)
  })

  it('tells of clear changes within a week, and when they began', () => {
    expect(found('three times as much')?.within7).toBeGreaterThan(0.9)
    expect(found('twice as much')?.within7).toBeGreaterThan(0.6)
    expect(found('a third of it')?.within7).toBeGreaterThan(0.85)
    expect(found('five times as much for one day')?.onDay1).toBeGreaterThan(0.8)
    expect(found('three times as much')?.startError).toBeLessThan(0.6)
  })
})

describe('a shift', () => {
  const weekly = (days: number) =>
    Array.from({ length: days }, (_, index) => (index % 7 < 2 ? 4 : 10) + (index % 3) / 10)
  const look = (usd: readonly number[], lastDayShare = 1) =>
    findShift({ firstDay: '2026-01-01', firstWeekday: 4, usd }, { lastDayShare, minimumUsd: 5 })

  it('is not the weekend', () => {
    expect(look(weekly(50))).toBeNull()
  })

  it('is told while its first day is still running, once it has cost more than any other', () => {
    const usd = [...weekly(50), 60]
    expect(look(usd, 0.4)).toMatchObject({ direction: 'up', start: 50, end: 51, ongoing: true })
    expect(look([...weekly(50), 3], 0.3)).toBeNull()
  })

  it('that is over is told as over', () => {
    const usd = weekly(56).map((value, index) => (index === 47 ? value * 8 : value))
    expect(look(usd)).toMatchObject({ direction: 'up', start: 47, end: 48, ongoing: false })
  })

  it('of cents is none', () => {
    expect(
      look([...weekly(50), ...weekly(5).map((value) => value * 4)].map((value) => value / 100)),
    ).toBeNull()
  })
})

describe('why a cost changed', () => {
  const spotted: SpottedChange = {
    ...{ kind: 'anomaly', direction: 'up', ongoing: true, days: 4 },
    ...{ startDay: '2026-11-24', endDay: '2026-11-27', beforeFrom: '2026-11-10', beforeTo: '2026-11-23' },
    expectedUsd: 0,
  }
  const priceOf = (model: string) =>
    findPrice(builtInPrices, { provider: 'azure-openai', model, atMs: Date.UTC(2026, 10, 1) })
  const day = (at: string, use: Partial<RouteDay>): RouteDay => {
    const tokens = { inputTokens: 100_000, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 20_000 }
    const whole = { provider: 'azure-openai', model: 'gpt-4o', requests: 100, errors: 0, ...tokens, ...use }
    const price = priceOf(whole.model)
    if (!price) throw new Error(`no price for ${whole.model}`)
    const fresh = whole.inputTokens - whole.cachedInputTokens
    const costPicoUsd =
      BigInt(fresh) * price.inputPicoUsd +
      BigInt(whole.cachedInputTokens) * price.cachedInputPicoUsd +
      BigInt(whole.outputTokens) * price.outputPicoUsd
    const none = { wastedPicoUsd: 0n, wastedInputTokens: 0, wastedOutputTokens: 0 }
    return { ...whole, ...none, day: at, costPicoUsd, ...use }
  }
  const tell = (use: Partial<RouteDay>, usual: Partial<RouteDay> = {}) => {
    const before = Array.from({ length: 14 }, (_, index) => day(addDays('2026-11-10', index), usual))
    const now = Array.from({ length: 4 }, (_, index) => day(addDays('2026-11-24', index), use))
    const usd = (days: readonly RouteDay[]) =>
      days.reduce((sum, one) => sum + Number(one.costPicoUsd) / 1e12, 0)
    return tellChange({
      ...{ name: 'Creator cr_1', routes: [...before, ...now], book: builtInPrices, startAt: null },
      spotted: { ...spotted, expectedUsd: (usd(before) / 14) * 4 },
      actualUsd: usd(now),
    })
  }

  it('is more requests', () => {
    const times3 = { requests: 300, inputTokens: 300_000, outputTokens: 60_000 }
    const { sentence, drivers } = tell(times3)
    expect(sentence).toBe(
      'Creator cr_1: +200 % since Tue 24 Nov (from $0.45 to $1.35 a day), because requests rose from 100 to 300 a day (+$0.90 a day).',
    )
    expect(drivers[0]).toMatchObject({ driver: 'volume' })
    expect(drivers.slice(1).every(({ usdPerDay }) => Math.abs(usdPerDay) < 1e-9)).toBe(true)
  })

  it('is longer prompts', () => {
    const { sentence, drivers } = tell({ inputTokens: 400_000 })
    expect(drivers[0]).toMatchObject({ driver: 'tokens' })
    expect(sentence).toContain('because input tokens per answer rose from 1,000 to 4,000')
  })

  it('is another model', () => {
    const { sentence, drivers } = tell({ model: 'gpt-4-turbo' })
    expect(drivers[0]).toMatchObject({ driver: 'mix' })
    expect(sentence).toMatch(/gpt-4(-turbo|o) took \d+ % of the requests instead of \d+ %/)
  })

  it('is a cache that misses', () => {
    const { sentence, drivers } = tell({}, { cachedInputTokens: 80_000 })
    expect(drivers[0]).toMatchObject({ driver: 'cache' })
    expect(sentence).toContain('because the cached share of the input fell from 80 % to 0 %')
  })

  it('is a price', () => {
    const { sentence, drivers } = tell({ costPicoUsd: 900_000_000_000n })
    expect(drivers[0]).toMatchObject({ driver: 'price' })
    expect(sentence).toContain('because a million tokens of gpt-4o cost $7.50 instead of $3.75')
  })

  it('is attempts that fail', () => {
    const wasted = { wastedPicoUsd: 450_000_000_000n, wastedInputTokens: 100_000, wastedOutputTokens: 20_000 }
    const retried = { ...wasted, inputTokens: 200_000, outputTokens: 40_000, costPicoUsd: 900_000_000_000n }
    const { sentence, drivers } = tell(retried)
    expect(drivers[0]).toMatchObject({ driver: 'failures' })
    expect(sentence).toContain('because attempts that failed cost $0.45 a day instead of $0.00')
  })

  it('of something new says so', () => {
    const now = Array.from({ length: 4 }, (_, index) => day(addDays('2026-11-24', index), {}))
    const told = tellChange({
      ...{
        name: 'Operation translate',
        routes: now,
        book: builtInPrices,
        startAt: '2026-11-24T14:00:00.000Z',
      },
      ...{ spotted, actualUsd: 1.8 },
    })
    expect(told.changeRatio).toBeNull()
    expect(told.sentence).toMatch(
      /^Operation translate: new since Tue 24 Nov, 14:00 UTC \(from \$0\.00 to \$0\.45 a day\), because requests rose from 0 to 100 a day/,
    )
  })
})
