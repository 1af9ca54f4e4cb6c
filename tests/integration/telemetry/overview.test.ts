import { beforeAll, expect, it } from 'vitest'
import { overview } from '#lib/contracts/overview'
import type { Database } from '#server/db/database'
import { readDeploymentTraffic } from '#server/telemetry/deployment-traffic'
import { readOverview } from '#server/telemetry/overview'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { anAttempt, aRecord } from '#tests/support/ledger-records'

const nowMs = Date.parse('2026-11-23T15:43:30.000Z')
const ago = (minutes: number) => nowMs - minutes * 60_000
let number = 0
const at = (startedAtMs: number, changes: Parameters<typeof aRecord>[1] = {}) => {
  number += 1
  return aRecord(`req_${number}`, { startedAtMs, ...changes })
}

describeOnDatabases('overview', (openDb) => {
  let db: Database
  beforeAll(async () => {
    db = await openDb()
    const slow = { latencyMs: 900, firstTokenMs: 300, overheadUs: 900 }
    const second: Parameters<typeof aRecord>[1] = {
      tier: 'economy',
      deploymentId: 'we-economy',
      outcome: 'error',
      errorCode: 'provider_timeout',
      attempts: [
        anAttempt({ deploymentId: 'we-economy', outcome: 'error', failureClass: 'attempt_timeout' }),
      ],
    }
    await bookInto(db, [
      ...Array.from({ length: 30 }, () => at(ago(1))),
      ...Array.from({ length: 9 }, () => at(ago(3), slow)),
      // A caller who left is no incident.
      at(ago(3), { ...slow, outcome: 'cancelled', errorCode: 'cancelled' }),
      ...Array.from({ length: 10 }, () => at(ago(10), { ...second, costPicoUsd: null })),
      // The quarter of an hour before, yesterday, and last month.
      ...Array.from({ length: 5 }, () => at(ago(20))),
      ...Array.from({ length: 4 }, () => at(ago(24 * 60))),
      ...Array.from({ length: 3 }, () => at(ago(24 * 60 * 30))),
    ])
    await bookInto(db, [at(ago(2))], 'ins_other')
  })
  const read = async (query: Parameters<typeof readOverview>[1]) =>
    overview.parse(await readOverview(db, query, nowMs))

  it('sums the range over instances, and compares it with the one before', async () => {
    const view = await read({ range: '15m' })
    expect(view).toMatchObject({
      from: '2026-11-23T15:29:00.000Z',
      stepSeconds: 60,
      requests: 51,
      unpricedRequests: 10,
      costPicoUsd: String(41n * 2_500_000_000n),
      costTodayPicoUsd: String(46n * 2_500_000_000n),
      state: 'healthy',
      sentence: 'The one deployment in use answers; 0.06 requests/s; $0.12 today.',
    })
    expect(view.requestsPerSecond.value).toBeCloseTo(51 / 870, 6)
    expect(view.requestsPerSecond.previous).toBeCloseTo(5 / 900, 6)
    expect(view.errorRatio).toMatchObject({ value: 10 / 51, previous: 0 })
    expect(view.tokens.value).toBe(51 * 150)
    expect(view.tokens.previous).toBeCloseTo(5 * 150 * (870 / 900), 6)
    expect(view.latencyP50Ms.value).toBeGreaterThan(100)
    expect(view.latencyP50Ms.value).toBeLessThan(135)
    expect(view.latencyP95Ms.value).toBeGreaterThan(790)
    expect(view.firstTokenP50Ms.value).toBeGreaterThan(260)
  })

  it('has one point a step, gaps as gaps', async () => {
    const view = await read({ range: '15m' })
    expect(view.points).toHaveLength(15)
    expect(view.requestsPerSecond.sparkline).toHaveLength(15)
    expect(view.requestsPerSecond.sparkline[0]).toBeNull()
    const minute = view.points.find((point) => point.at === '2026-11-23T15:33:00.000Z')
    expect(minute).toMatchObject({
      byTier: { economy: 10 / 60 },
      byOutcome: { error: 10 / 60 },
      latencyP50Ms: null,
    })
    expect(view.points.find((point) => point.at === '2026-11-23T15:42:00.000Z')?.byTier).toEqual({
      premium: 0.5,
    })
  })

  it('ranks deployments and shows the last incidents', async () => {
    const view = await read({ range: '1h' })
    expect(view.deployments).toMatchObject([
      { deploymentId: 'we-premium', requests: 46, errorRatio: 0, inputTokens: 4600 },
      { deploymentId: 'we-economy', requests: 10, errorRatio: 1, latencyP50Ms: null, costPicoUsd: '0' },
    ])
    expect(view.incidents).toHaveLength(10)
    expect(view.incidents[0]).toMatchObject({
      deploymentId: 'we-economy',
      outcome: 'error',
      errorCode: 'provider_timeout',
    })
  })

  it('narrows everything to a tier', async () => {
    const view = await read({ range: '15m', tier: 'economy' })
    expect(view).toMatchObject({ requests: 10, state: 'idle', costPicoUsd: '0' })
    expect(view.deployments.map(({ deploymentId }) => deploymentId)).toEqual(['we-economy'])
    expect((await read({ range: '15m', tier: 'premium' })).incidents).toEqual([])
  })

  it.each([
    ['1h', 56, 0],
    ['24h', 56, 4],
    ['7d', 60, 0],
    ['month', 60, 3],
  ] as const)('reads %s from coarser roll-ups: %d requests, %d before', async (range, requests, before) => {
    const view = await read({ range })
    expect(view.requests).toBe(requests)
    expect(view.latencyP95Ms.value).toBeGreaterThan(790)
    const previous = view.requestsPerSecond.previous ?? 0
    const steps = view.points.length * view.stepSeconds
    // A week is compared with seven whole days.
    expect(previous * (range === '7d' ? 7 * 86_400 : steps)).toBeCloseTo(before, 6)
    expect(view.latencyP50Ms.previous === null).toBe(before === 0)
  })

  it('reads a custom range, and refuses one without ends', async () => {
    const view = await read({ range: 'custom', from: '2026-11-22T15:00:00Z', to: '2026-11-22T16:00:00Z' })
    expect(view.requests).toBe(4)
    await expect(read({ range: 'custom' })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('is idle and empty without traffic', async () => {
    const view = overview.parse(await readOverview(db, { range: '15m' }, Date.UTC(2030, 0, 1)))
    expect(view).toMatchObject({
      requests: 0,
      state: 'idle',
      sentence: 'No requests in the last 5 minutes; $0.00 today.',
    })
    expect(view.requestsPerSecond).toMatchObject({ value: 0, previous: null })
    expect(view.latencyP95Ms.value).toBeNull()
  })

  it("gives each deployment's last quarter of an hour", async () => {
    const traffic = await readDeploymentTraffic(db, nowMs)
    expect([...traffic.keys()].toSorted()).toEqual(['we-economy', 'we-premium'])
    expect(traffic.get('we-premium')).toMatchObject({
      requests: 41,
      errorRatio: 0,
      costPicoUsd: String(41n * 2_500_000_000n),
    })
    expect(traffic.get('we-premium')?.requestsSparkline).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 1, 30, 0,
    ])
    expect(traffic.get('we-economy')).toMatchObject({ requests: 10, errorRatio: 1, latencyP95Ms: null })
  })
})
