import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertRule } from '#lib/alerts/alert-rule'
import { burnRate, burnRateLimit, burnWindows, windowMs } from '#lib/alerts/burn-rate'
import { judgeObservations } from '#lib/alerts/judge-observations'
import type { Observation } from '#lib/alerts/observation'

const minuteMs = 60_000

/** One minute's traffic; index 0 is the latest. */
interface Minute {
  good: number
  bad: number
}
/** Mostly quiet with hours of trouble in it, over three days and a bit. */
const traffic = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 1, max: 1_200 }),
      good: fc.integer({ min: 0, max: 50 }),
      bad: fc.integer({ min: 0, max: 5 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((spans): Minute[] => spans.flatMap(({ minutes, ...minute }) => Array(minutes).fill(minute)))

function sum(minutes: readonly Minute[], window: (typeof burnWindows)[number]) {
  const within = minutes.slice(0, windowMs[window] / minuteMs)
  const bad = within.reduce((total, minute) => total + minute.bad, 0)
  return { bad, all: within.reduce((total, minute) => total + minute.good, 0) + bad }
}

function observe(minutes: readonly Minute[]): Observation[] {
  return burnWindows.flatMap((window) => {
    const { bad, all } = sum(minutes, window)
    if (all === 0) return []
    const labels = { tier: 'premium', window }
    return [
      { metric: 'tier.error_ratio', labels, value: bad / all, unit: 'ratio', requestIds: [], sample: all },
    ]
  })
}

describe('burn rates, as the SRE workbook defines them', () => {
  it('use up the share of the period’s budget within the window when they stand at their limit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...burnWindows),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 90 }),
        fc.double({ min: 0.5, max: 0.99999, noNaN: true }),
        (window, budgetShare, periodDays, objective) => {
          const limit = burnRateLimit({ budgetShare, window, periodDays })
          const requestsPerMs = 3
          const badRatio = limit * (1 - objective)
          const badInWindow = badRatio * requestsPerMs * windowMs[window]
          const budget = (1 - objective) * requestsPerMs * periodDays * 86_400_000
          expect(badInWindow / budget).toBeCloseTo(budgetShare, 9)
          expect(burnRate(badRatio, objective)).toBeCloseTo(limit, 6)
        },
      ),
    )
  })

  it('are 14.4, 6 and 1 for 2 % in an hour, 5 % in six hours and 10 % in three days of a month', () => {
    const limits = [
      { budgetShare: 0.02, window: '1h' },
      { budgetShare: 0.05, window: '6h' },
      { budgetShare: 0.1, window: '3d' },
    ] as const
    expect(limits.map((limit) => burnRateLimit({ ...limit, periodDays: 30 }))).toEqual([14.4, 6, 1])
  })

  it('fire exactly when long and short window of a pair both spend more than their share', () => {
    fc.assert(
      fc.property(traffic, fc.constantFrom(0.9, 0.99, 0.999), (minutes, objective) => {
        const windows = [
          { long: '1h', short: '5m', budgetShare: 0.02 },
          { long: '6h', short: '30m', budgetShare: 0.05 },
          { long: '3d', short: '6h', budgetShare: 0.1 },
        ] as const
        const rule = alertRule.parse({
          id: 'slo',
          name: 'The objective',
          metric: 'tier.error_ratio',
          condition: { kind: 'burn_rate', objective, windows: [...windows] },
          severity: 'critical',
          groupBy: ['tier'],
        })
        const wanted = windows.some(({ long, short, budgetShare }) =>
          [long, short].every((window) => {
            const { bad, all } = sum(minutes, window)
            const factor = (budgetShare * 30 * 86_400_000) / windowMs[long]
            return all > 0 && bad / all / (1 - objective) > factor
          }),
        )
        expect(judgeObservations(rule, observe(minutes)).some(({ breached }) => breached)).toBe(wanted)
      }),
    )
  })
})
