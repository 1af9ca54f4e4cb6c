import { expect, it } from 'vitest'
import {
  type BreakerState,
  closeBreaker,
  closedBreaker,
  halfOpenBreaker,
  isolateBreaker,
  openBreaker,
} from '#lib/resilience/breaker-state'
import { defaultTierPolicy } from '#lib/resilience/policy-schema'
import { createBreakerStore } from '#server/resilience/breaker-store'
import { observeBreakers } from '#server/resilience/observe-breakers'
import { describeOnDatabases } from '#tests/support/databases'

const startMs = Date.UTC(2026, 10, 3, 12)
const policy = defaultTierPolicy.breaker

describeOnDatabases('what breakers give to alerts', (openDb) => {
  it('is what is not closed, with the requests that moved it, and what opened and closed within the minute', async () => {
    let count = 0
    const db = await openDb()
    const store = createBreakerStore(db, 'ins_1')
    const observe = observeBreakers(db)
    const move = async (from: BreakerState, to: BreakerState) => {
      count += 1
      const evidence = [{ requestId: `req_${count}`, failureClass: 'server_error', atMs: to.changedAtMs }]
      await store.save({
        id: `brk_${count}`,
        deploymentId: 'we-premium',
        signal: 'health',
        from,
        to,
        evidence,
      })
      return to
    }
    const seen = async (nowMs: number) =>
      (await observe(nowMs)).map(({ metric, value, requestIds }) => [metric, value, ...requestIds])

    expect(await seen(startMs)).toEqual([])
    const opened = await move(
      closedBreaker,
      openBreaker(closedBreaker, policy, { nowMs: startMs, reason: '3 of 3 failed' }),
    )
    expect(await seen(startMs + 1_000)).toEqual([['breaker.open', 1, 'req_1']])
    const half = await move(opened, halfOpenBreaker(opened, { nowMs: startMs + 15_000, reason: 'probe' }))
    expect(await seen(startMs + 20_000)).toEqual([
      ['breaker.open', 1, 'req_2', 'req_1'],
      ['breaker.half_open_seconds', 5, 'req_2', 'req_1'],
    ])
    const closed = await move(half, closeBreaker(half, { nowMs: startMs + 30_000, reason: 'well again' }))
    expect(await seen(startMs + 59_000)).toEqual([['breaker.open', 1, 'req_3', 'req_2', 'req_1']])
    expect(await seen(startMs + 120_000)).toEqual([])
    await move(
      closed,
      isolateBreaker(closed, {
        nowMs: startMs + 130_000,
        reason: 'by hand',
        actorId: 'usr_1',
        untilMs: null,
      }),
    )
    expect((await observe(startMs + 140_000))[0]).toMatchObject({
      metric: 'breaker.isolated',
      labels: { deployment: 'we-premium', signal: 'health' },
      detail: 'by hand',
    })
  })
})
