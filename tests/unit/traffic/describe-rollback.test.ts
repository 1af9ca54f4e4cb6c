import { describe, expect, it } from 'vitest'
import { builtInCatalog } from '#lib/deployments/built-in-catalog'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { describeRollback, rollbackWord } from '#lib/traffic/describe-rollback'
import { readinessOf } from '#lib/traffic/route-readiness'
import { catalogTraffic, type TrafficConfig, type TrafficShare } from '#lib/traffic/traffic-config'
import { intendedSplit } from '#lib/traffic/traffic-split'

const endpoint = 'https://one.example.com'
const parsed = parseCatalog(
  builtInCatalog({ primary: endpoint, dr: endpoint, openai: endpoint, anthropic: endpoint }),
)
if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
const { catalog } = parsed
const rates = [
  { tier: 'premium', operation: 'reply', requestsPerSecond: 12, legacyPerSecond: 1 },
  { tier: 'economy', operation: 'caption', requestsPerSecond: 3, legacyPerSecond: 0 },
  { tier: '', operation: 'embeddings', requestsPerSecond: 5, legacyPerSecond: 0 },
]

describe('the dry run of a rollback', () => {
  it('says how much would move where, and what would stay', () => {
    const forecast = describeRollback({ kind: 'all' }, { rates, catalog })
    expect(forecast.sentence).toBe(
      'Sends all traffic (about 14.0 requests/s) back to OpenAI. Embeddings would stay: no legacy chain.',
    )
    expect(forecast.moves.map(({ requestsPerSecond, to }) => [requestsPerSecond, to[0]])).toEqual([
      [11, 'openai-gpt-4-turbo'],
      [3, 'openai-gpt-35-turbo'],
    ])
    expect(forecast.stays).toEqual([{ tier: '', requestsPerSecond: 5 }])
  })

  it('of a quiet scope says that nothing would move now', () => {
    expect(describeRollback({ kind: 'tier', tier: 'standard' }, { rates, catalog }).sentence).toBe(
      'Sends tier standard (no request of the last five minutes) back to OpenAI.',
    )
  })

  it('names the word that has to be typed', () => {
    expect(rollbackWord({ kind: 'all' })).toBe('roll back all')
    expect(rollbackWord({ kind: 'tier', tier: 'premium' })).toBe('roll back premium')
    expect(rollbackWord({ kind: 'operation', tier: null, operation: 'reply' })).toBe('roll back reply')
  })
})

describe('where traffic is meant to go', () => {
  const split = (config: Partial<TrafficConfig>, cell = { tier: 'premium', operation: 'reply' }) => {
    const { legacyBps, azureBps, canaryBps } = intendedSplit(cell, {
      config: { ...catalogTraffic, ...config },
      catalog,
    })
    return [legacyBps, azureBps, canaryBps]
  }
  const share: TrafficShare = {
    rolloutId: 'rol_1',
    tier: 'premium',
    operation: null,
    salt: 's',
    baseline: 'legacy',
    candidate: null,
    candidateWeightBps: 1_000,
    visit: 1,
    carried: null,
    watched: true,
    shadow: null,
  }

  it('is the catalog, a share of it, or the way back', () => {
    expect(split({})).toEqual([0, 10_000, 0])
    expect(split({ shares: [share] })).toEqual([9_000, 0, 1_000])
    expect(split({ shares: [{ ...share, candidateWeightBps: 10_000 }] })).toEqual([0, 10_000, 0])
    const switches = [{ id: 'tsw_1', scope: { kind: 'all' as const }, sinceMs: 0 }]
    expect(split({ shares: [share], switches })).toEqual([10_000, 0, 0])
    expect(split({ switches }, { tier: '', operation: 'embeddings' })).toEqual([0, 10_000, 0])
  })
})

describe('a legacy route', () => {
  const probe = {
    atMs: 0,
    ok: true,
    failureClass: null,
    message: null,
    remainingRequests: 10,
    remainingTokens: null,
  }
  const at = (minutes: number) => ({ nowMs: minutes * 60_000, everyMinutes: 5 })

  it('is ready while its probes answer and nothing is used up', () => {
    expect(readinessOf(probe, at(15))).toEqual({ state: 'ready', notes: [] })
    expect(readinessOf(probe, at(16))).toEqual({ state: 'unknown', notes: ['last probed 16 minutes ago'] })
    expect(readinessOf(null, at(0)).state).toBe('unknown')
    expect(readinessOf({ ...probe, remainingRequests: 0 }, at(1))).toEqual({
      state: 'not_ready',
      notes: ['no requests left in its rate limit'],
    })
    const refused = { ...probe, ok: false, failureClass: 'credentials', message: 'bad key' }
    expect(readinessOf(refused, at(1))).toEqual({
      state: 'not_ready',
      notes: ['its credentials are refused: bad key'],
    })
  })
})
