import fc from 'fast-check'
import { expect, it } from 'vitest'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { explainChange } from '#lib/costs/explain-change'
import { findShift } from '#lib/costs/find-shift'
import { findStartHour } from '#lib/costs/find-start-hour'
import { type RouteDay, routeUses } from '#lib/costs/route-use'

const tokens = fc.nat(2_000_000)
const routeDay: fc.Arbitrary<RouteDay> = fc
  .record({
    day: fc.constantFrom('2026-11-01', '2026-11-02', '2026-11-03'),
    provider: fc.constantFrom('azure-openai', 'openai'),
    // The last one has no price.
    model: fc.constantFrom('gpt-4o', 'gpt-4-turbo', 'model-x'),
    requests: fc.integer({ min: 1, max: 5_000 }),
    failedShare: fc.integer({ min: 0, max: 4 }),
    fresh: tokens,
    cachedInputTokens: tokens,
    cacheWriteTokens: tokens,
    outputTokens: tokens,
    costPicoUsd: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    wastedShare: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ failedShare, fresh, wastedShare, ...day }) => ({
    ...day,
    errors: Math.floor((day.requests * failedShare) / 4),
    inputTokens: fresh + day.cachedInputTokens + day.cacheWriteTokens,
    wastedPicoUsd: (day.costPicoUsd * BigInt(wastedShare)) / 5n,
    wastedInputTokens: Math.floor((fresh * wastedShare) / 5),
    wastedOutputTokens: Math.floor((day.outputTokens * wastedShare) / 5),
  }))

const usdOf = (days: readonly RouteDay[]) =>
  days.reduce((sum, { costPicoUsd }) => sum + Number(costPicoUsd) / 1e12, 0)

it('P16 what the drivers did adds up to the change of a day’s cost, whatever was asked before and now', () => {
  fc.assert(
    fc.property(
      fc.array(routeDay, { maxLength: 12 }),
      fc.array(routeDay, { maxLength: 12 }),
      fc.integer({ min: 1, max: 28 }),
      fc.integer({ min: 1, max: 28 }),
      (before, now, beforeDays, nowDays) => {
        const effects = explainChange(
          { days: beforeDays, uses: routeUses(before, builtInPrices) },
          { days: nowDays, uses: routeUses(now, builtInPrices) },
        )
        const change = usdOf(now) / nowDays - usdOf(before) / beforeDays
        const sum = effects.reduce((total, { usdPerDay }) => total + usdPerDay, 0)
        expect(sum).toBeCloseTo(change, 6)
      },
    ),
  )
})

it('P16 a driver that did not move has no effect', () => {
  fc.assert(
    fc.property(
      fc.array(routeDay, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 2, max: 9 }),
      (days, factor) => {
        const uses = routeUses(days, builtInPrices)
        const effects = explainChange({ days: factor, uses }, { days: 1, uses })
        for (const { driver, usdPerDay } of effects)
          expect(usdPerDay).toBeCloseTo(driver === 'volume' ? usdOf(days) - usdOf(days) / factor : 0, 6)
      },
    ),
  )
})

it('P16 the start hour of a change without noise is found exactly', () => {
  fc.assert(
    fc.property(
      fc.nat(70),
      fc.double({ min: 1, max: 100, noNaN: true }),
      fc.double({ min: 2, max: 20, noNaN: true }),
      (at, beforeUsdPerDay, factor) => {
        const dayShape = Array.from({ length: 24 }, (_, hour) => (hour + 1) / 300)
        const nowUsdPerDay = beforeUsdPerDay * factor
        const hoursUsd = Array.from(
          { length: 72 },
          (_, hour) => (hour < at ? beforeUsdPerDay : nowUsdPerDay) * (dayShape[hour % 24] ?? 0),
        )
        expect(findStartHour({ hoursUsd, beforeUsdPerDay, nowUsdPerDay, dayShape })).toBe(at)
      },
    ),
  )
})

const options = { lastDayShare: 1, minimumUsd: 5 }
const seriesOf = (usd: readonly number[]) => ({ firstDay: '2026-01-01', firstWeekday: 4, usd })

it('P16 a shift that is told differs by the minimum at least, lies in the series, and is as large as it says', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (usd, lastDayShare) => {
        const shift = findShift(seriesOf(usd), { ...options, lastDayShare })
        if (shift === null) return
        const sum = usd.slice(shift.start, shift.end).reduce((total, value) => total + value, 0)
        expect(shift.actualUsd).toBeCloseTo(sum, 6)
        expect(Math.abs(shift.actualUsd - shift.expectedUsd)).toBeGreaterThanOrEqual(options.minimumUsd)
        expect(shift.baselineStart).toBeLessThan(shift.start)
        expect(shift.start).toBeLessThan(shift.end)
        expect(shift.end).toBeLessThanOrEqual(usd.length)
        expect(shift.direction).toBe(shift.actualUsd > shift.expectedUsd ? 'up' : 'down')
      },
    ),
  )
})

it('P16 costs that are the same every day, or rise by a hundredth a day, are no shift', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 10_000, noNaN: true }),
      fc.constantFrom(1, 1.01, 0.99),
      fc.integer({ min: 1, max: 56 }),
      (level, growth, days) => {
        const usd = Array.from({ length: days }, (_, index) => level * growth ** index)
        expect(findShift(seriesOf(usd), options)).toBeNull()
      },
    ),
  )
})
