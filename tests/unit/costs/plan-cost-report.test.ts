import { describe, expect, it } from 'vitest'
import type { CostDimension } from '#lib/costs/cost-dimensions'
import { type CostPlanRequest, planCostReport } from '#lib/costs/plan-cost-report'

const nowMs = Date.parse('2026-11-23T15:43:30Z')

function planned(request: Partial<CostPlanRequest> & { from: string; to: string | null }): string[] {
  const { from, to, ...rest } = request
  const { table, pieces } = planCostReport({
    dimensions: ['creator', 'model'],
    granularity: null,
    nowMs,
    ...rest,
    fromMs: Date.parse(from),
    toMs: to === null ? null : Date.parse(to),
  })
  const instant = (ms: number) => new Date(ms).toISOString().slice(0, 16)
  return pieces.map(
    ({ source, fromMs, toMs, isSubtracted }) =>
      `${isSubtracted ? '-' : '+'} ${table} ${source} ${instant(fromMs)} ${instant(toMs)}`,
  )
}

describe('the plan of a report on creators and another dimension', () => {
  it('reads whole months by the month', () => {
    expect(planned({ from: '2026-09-01', to: null })).toEqual([
      '+ cube month 2026-09-01T00:00 2026-12-01T00:00',
    ])
  })

  it('adds up the days of a month that are few', () => {
    expect(planned({ from: '2026-10-28', to: null })).toEqual([
      '+ cube day 2026-10-28T00:00 2026-11-01T00:00',
      '+ cube month 2026-11-01T00:00 2026-12-01T00:00',
    ])
    expect(planned({ from: '2026-11-23', to: null })).toEqual([
      '+ cube day 2026-11-23T00:00 2026-12-01T00:00',
    ])
  })

  it('takes the few days that are not wanted off the month', () => {
    expect(planned({ from: '2026-09-05', to: '2026-10-20' })).toEqual([
      '+ cube month 2026-09-01T00:00 2026-10-01T00:00',
      '- cube day 2026-09-01T00:00 2026-09-05T00:00',
      '+ cube month 2026-10-01T00:00 2026-11-01T00:00',
      '- cube day 2026-10-20T00:00 2026-11-01T00:00',
    ])
    expect(planned({ from: '2026-10-03', to: '2026-10-30' })).toEqual([
      '+ cube month 2026-10-01T00:00 2026-11-01T00:00',
      '- cube day 2026-10-01T00:00 2026-10-03T00:00',
      '- cube day 2026-10-30T00:00 2026-11-01T00:00',
    ])
  })

  it('knows that a month which has not ended has fewer days', () => {
    expect(planned({ from: '2026-11-11', to: null })).toEqual([
      '+ cube month 2026-11-01T00:00 2026-12-01T00:00',
      '- cube day 2026-11-01T00:00 2026-11-11T00:00',
    ])
    expect(planned({ from: '2026-11-14', to: null })).toEqual([
      '+ cube day 2026-11-14T00:00 2026-12-01T00:00',
    ])
  })

  it('does so for creators alone, too, down to the minute at the ends', () => {
    const dimensions: CostDimension[] = ['account', 'creator']
    expect(planned({ from: '2026-10-03', to: '2026-11-22T12:30:00Z', dimensions })).toEqual([
      '+ creator month 2026-10-01T00:00 2026-11-01T00:00',
      '- creator day 2026-10-01T00:00 2026-10-03T00:00',
      '+ creator month 2026-11-01T00:00 2026-12-01T00:00',
      '- creator day 2026-11-22T00:00 2026-12-01T00:00',
      '+ creator hour 2026-11-22T00:00 2026-11-22T12:00',
      '+ creator minute 2026-11-22T12:00 2026-11-22T12:30',
    ])
  })

  it('reads days where days are wanted, and other tables as they are', () => {
    expect(planned({ from: '2026-10-03', to: '2026-10-30', granularity: 'day' })).toEqual([
      '+ cube day 2026-10-03T00:00 2026-10-30T00:00',
    ])
    const dimensions: CostDimension[] = ['model', 'tier']
    expect(planned({ from: '2026-10-03', to: '2026-10-30', dimensions })).toEqual([
      '+ route day 2026-10-03T00:00 2026-10-30T00:00',
    ])
  })

  it('goes to the ledger for what is shorter than a day', () => {
    expect(planned({ from: '2026-10-03', to: '2026-10-30T12:30:00Z' }).at(-1)).toBe(
      '+ cube ledger 2026-10-30T00:00 2026-10-30T12:30',
    )
  })
})
