import { describe, expect, it } from 'vitest'
import { forecastMonth, leastDaysForInterval } from '#lib/costs/forecast-month'
import { scoreForecasts } from '#lib/costs/score-forecasts'
import { type SeriesKind, simulateCostSeries } from '#lib/costs/simulate-cost-series'
import { toDayCosts } from '#tests/support/cost-series'

const usd = 10n ** 12n
const days = (count: number, costUsd = 10) => toDayCosts(Array.from({ length: count }, () => costUsd))

describe('the forecast of a month', () => {
  it('of a cost that is the same every day is that cost times the days, whatever the time of day', () => {
    for (const hour of [0, 7, 23]) {
      const soFar = days(40).map((row, index) =>
        index === 39 ? { ...row, costPicoUsd: (10n * usd * BigInt(hour)) / 24n } : row,
      )
      const forecast = forecastMonth({ days: soFar, nowMs: Date.UTC(2026, 1, 9, hour) })
      expect(forecast.month).toBe('2026-02')
      expect(Number(forecast.expectedPicoUsd) / 1e12).toBeCloseTo(280, 5)
      expect(Number(forecast.interval?.lowPicoUsd) / 1e12).toBeCloseTo(280, 5)
    }
  })

  it('has a line for each day of the month, sums that never fall, and ends where it says', () => {
    const forecast = forecastMonth({
      days: toDayCosts(simulateCostSeries({ kind: 'steady', seed: 7, days: 75 })),
      nowMs: Date.UTC(2026, 2, 16, 12),
    })
    expect(forecast.days.map(({ day }) => day)).toEqual(
      Array.from({ length: 31 }, (_, index) => `2026-03-${String(index + 1).padStart(2, '0')}`),
    )
    const sums = forecast.days.map(({ sumPicoUsd }) => sumPicoUsd)
    expect(sums.every((sum, index) => index === 0 || sum >= (sums[index - 1] ?? 0n))).toBe(true)
    expect(sums.at(-1)).toBe(forecast.expectedPicoUsd)
    const open = forecast.days.slice(15)
    expect(
      open.every(
        ({ sumPicoUsd: sum, lowPicoUsd: low, highPicoUsd: high }) =>
          low !== null && high !== null && low <= sum && sum <= high,
      ),
    ).toBe(true)
    expect(forecast.days.slice(0, 15).every(({ lowPicoUsd }) => lowPicoUsd === null)).toBe(true)
    expect(forecast.days.filter(({ actualPicoUsd }) => actualPicoUsd !== null)).toHaveLength(16)
  })

  it('never says less than what is spent already', () => {
    const spike = days(40, 1).map((row, index) => (index === 38 ? { ...row, costPicoUsd: 5000n * usd } : row))
    const { spentPicoUsd, interval } = forecastMonth({ days: spike, nowMs: Date.UTC(2026, 1, 9, 1) })
    expect(spentPicoUsd).toBe(5008n * usd)
    expect(interval?.lowPicoUsd).toBeGreaterThanOrEqual(spentPicoUsd)
  })

  it('says nothing without a complete day, and gives no interval before it can know how far off it is', () => {
    const none = forecastMonth({ days: [], nowMs: Date.UTC(2026, 1, 9, 1) })
    expect(none).toMatchObject({ spentPicoUsd: 0n, expectedPicoUsd: null, interval: null, historyDays: 0 })
    expect(forecastMonth({ days: days(1), nowMs: Date.UTC(2026, 0, 1, 12) }).expectedPicoUsd).toBeNull()
    const few = forecastMonth({ days: days(6), nowMs: Date.UTC(2026, 0, 7, 0) })
    expect(few.interval).toBeNull()
    expect(Number(few.expectedPicoUsd) / 1e12).toBeCloseTo(310, 5)
    const enough = forecastMonth({
      days: days(leastDaysForInterval),
      nowMs: Date.UTC(2026, 0, leastDaysForInterval + 1),
    })
    expect(enough.interval).not.toBeNull()
  })

  /** 80 % intervals, each kind of series 25 times; the mean may differ by what so few series allow. */
  const bounds: readonly [SeriesKind, number, number][] = [
    ['steady', 0.72, 0.92],
    ['growing', 0.7, 0.95],
    ['wandering', 0.68, 0.92],
    ['shifting', 0.68, 0.92],
    ['spiky', 0.72, 0.94],
    ['sparse', 0.72, 0.94],
  ]
  it.each(bounds)('holds its promise on held-out days of %s costs', (kind, least, most) => {
    const scores = Array.from({ length: 25 }, (_, seed) =>
      scoreForecasts(toDayCosts(simulateCostSeries({ kind, seed: seed + 1, days: 120 })), { everyDays: 5 }),
    )
    const covered = scores.reduce((sum, { coverage }) => sum + coverage, 0) / scores.length
    expect(covered).toBeGreaterThan(least)
    expect(covered).toBeLessThan(most)
    const error = scores.reduce((sum, { meanError }) => sum + meanError, 0)
    const runRateError = scores.reduce((sum, { runRateError: rate }) => sum + rate, 0)
    expect(error).toBeLessThan(runRateError * 1.05)
  })
})
