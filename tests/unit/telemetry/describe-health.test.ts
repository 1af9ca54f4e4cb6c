import { describe, expect, it } from 'vitest'
import { describeHealth } from '#lib/telemetry/describe-health'
import type { TrafficRow } from '#lib/telemetry/traffic-totals'

const row = (deploymentId: string, outcome: string, requests: number): TrafficRow => ({
  step: -1,
  tier: 'premium',
  deploymentId,
  provider: 'azure-openai',
  outcome,
  requests,
  unpriced: 0,
  inputTokens: 0,
  outputTokens: 0,
  costPicoUsd: 0n,
})
const health = (rows: TrafficRow[], requestsPerSecond = 42) =>
  describeHealth({ rows, spanSeconds: 300, requestsPerSecond, costTodayPicoUsd: 18_200_000_000_000n })

describe('describeHealth', () => {
  it('says that all is well', () => {
    expect(health([row('a', 'success', 6000), row('b', 'success', 6600), row('b', 'cancelled', 3)])).toEqual({
      state: 'healthy',
      sentence: 'All 2 deployments in use answer; 42.0 requests/s; $18.20 today.',
    })
    expect(health([row('a', 'success', 3)], 0.0098).sentence).toBe(
      'The one deployment in use answers; 0.01 requests/s; $18.20 today.',
    )
  })

  it('names the sickest deployment', () => {
    const rows = [
      row('a', 'success', 60),
      row('a', 'error', 30),
      row('b', 'success', 300),
      row('c', 'cut', 4),
      row('c', 'success', 40),
    ]
    expect(health(rows, 1.44)).toEqual({
      state: 'degraded',
      sentence: 'a fails 33 % of its requests, and 1 more fail some; 1.4 requests/s; $18.20 today.',
    })
    expect(health([row('a', 'success', 100), row('', 'error', 8)])).toMatchObject({
      state: 'degraded',
      sentence: expect.stringContaining('7.4 % of all requests fail'),
    })
  })

  it('says that it is down, and that nothing came', () => {
    expect(health([row('a', 'error', 12)])).toMatchObject({
      state: 'down',
      sentence: expect.stringContaining('12 of 12 requests failed in the last 5 minutes'),
    })
    expect(health([])).toEqual({
      state: 'idle',
      sentence: 'No requests in the last 5 minutes; $18.20 today.',
    })
  })

  it('does not call one failure of two a sickness', () => {
    expect(health([row('a', 'error', 1), row('b', 'success', 40)]).state).toBe('healthy')
  })
})
