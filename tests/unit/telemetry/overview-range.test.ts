import { describe, expect, it } from 'vitest'
import { planOverviewRange } from '#lib/telemetry/overview-range'

const nowMs = Date.parse('2026-11-23T15:43:20.500Z')
const iso = (ms: number) => new Date(ms).toISOString()
const planned = (query: Parameters<typeof planOverviewRange>[0]) => {
  const range = planOverviewRange(query, nowMs)
  if (!range) return null
  return { ...range, from: iso(range.fromMs), to: iso(range.toMs), previous: iso(range.previousFromMs) }
}

describe('planOverviewRange', () => {
  it('reads the last quarter of an hour by the minute, the one under way included', () => {
    expect(planned({ range: '15m' })).toMatchObject({
      from: '2026-11-23T15:29:00.000Z',
      to: '2026-11-23T15:43:20.500Z',
      previous: '2026-11-23T15:14:00.000Z',
      steps: 15,
      trafficGrain: 'minute',
      latencyGrain: 'minute',
    })
  })

  it('reads a day by the hour, a week by six hours, a month by days', () => {
    expect(planned({ range: '24h' })).toMatchObject({
      from: '2026-11-22T16:00:00.000Z',
      steps: 24,
      latencyGrain: 'hour',
    })
    expect(planned({ range: '7d' })).toMatchObject({
      from: '2026-11-17T00:00:00.000Z',
      previous: '2026-11-10T00:00:00.000Z',
      steps: 27,
      trafficGrain: 'hour',
      latencyGrain: 'hour',
    })
    expect(planned({ range: 'month' })).toMatchObject({
      from: '2026-11-01T00:00:00.000Z',
      steps: 23,
      trafficGrain: 'hour',
      latencyGrain: 'day',
      previousLatencyGrain: 'day',
    })
  })

  it('begins a month at its first instant', () => {
    const first = planOverviewRange({ range: 'month' }, Date.UTC(2026, 10, 1))
    expect(first).toMatchObject({ fromMs: Date.UTC(2026, 10, 1), steps: 1 })
  })

  it('widens a custom range to whole steps, and never reaches past now', () => {
    const hour = { range: 'custom', from: '2026-11-23T10:00:30Z', to: '2026-11-23T11:00:10Z' } as const
    expect(planned(hour)).toMatchObject({
      from: '2026-11-23T10:00:00.000Z',
      to: '2026-11-23T11:01:00.000Z',
      steps: 61,
    })
    expect(planned({ ...hour, to: '2027-01-01T00:00:00Z' })).toMatchObject({ to: iso(nowMs) })
    const year = { range: 'custom', from: '2025-11-23T00:00:00Z', to: '2026-11-23T00:00:00Z' } as const
    expect(planned(year)?.steps).toBeLessThanOrEqual(120)
    // Minute roll-ups of last month are gone.
    expect(
      planned({ range: 'custom', from: '2026-10-01T00:00:00Z', to: '2026-10-01T01:00:00Z' }),
    ).toMatchObject({
      trafficGrain: 'hour',
    })
  })

  it.each([
    { range: 'custom' },
    { range: 'custom', from: '2026-11-23T10:00:00Z' },
    { range: 'custom', from: '2026-11-23T10:00:00Z', to: '2026-11-23T09:00:00Z' },
    { range: 'custom', from: '2027-01-01T00:00:00Z', to: '2027-02-01T00:00:00Z' },
  ] as const)('has no plan for %o', (query) => expect(planOverviewRange(query, nowMs)).toBeNull())
})
