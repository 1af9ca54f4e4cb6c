import { describe, expect, it } from 'vitest'
import { createBearerTokenSource } from '#server/gateway/providers/bearer-token-source'
import { failureOf } from '#tests/upstreams/provider-call'

const minuteMs = 60_000

/** A credential that answers when told, on a clock that stands still between tells. */
function startIdentity(lifeMs: number) {
  const clock = { nowMs: 1_000_000 }
  const asked: PromiseWithResolvers<{ token: string; expiresOnTimestamp: number } | null>[] = []
  const failures: string[] = []
  const source = createBearerTokenSource({
    credential: {
      getToken: () => {
        asked.push(Promise.withResolvers())
        return asked.at(-1)?.promise ?? Promise.resolve(null)
      },
    },
    now: () => clock.nowMs,
    onRenewalFailure: (error) => failures.push(error.message),
  })
  const give = (token: string) => asked.at(-1)?.resolve({ token, expiresOnTimestamp: clock.nowMs + lifeMs })
  return {
    source,
    clock,
    asked,
    failures,
    give,
    refuse: (reason: string) => asked.at(-1)?.reject(new Error(reason)),
  }
}

describe('bearer tokens', () => {
  it('are asked for once, however many calls wait, and then at hand at once', async () => {
    const { source, asked, give } = startIdentity(60 * minuteMs)
    const waiting = Promise.all(Array.from({ length: 50 }, () => source.get()))
    give('t1')
    expect(new Set(await waiting)).toEqual(new Set(['t1']))
    expect(asked).toHaveLength(1)
    expect(source.get()).toBe('t1')
  })

  it('are renewed in the background five minutes before their end, once', async () => {
    const { source, clock, asked, give } = startIdentity(60 * minuteMs)
    const first = source.get()
    give('t1')
    await first
    clock.nowMs += 54.9 * minuteMs
    expect(source.get()).toBe('t1')
    expect(asked).toHaveLength(1)
    clock.nowMs += 0.2 * minuteMs
    for (let call = 0; call < 10; call += 1) expect(source.get()).toBe('t1')
    expect(asked).toHaveLength(2)
    give('t2')
    await asked[1]?.promise
    await Promise.resolve()
    await Promise.resolve()
    expect(await source.get()).toBe('t2')
    expect(asked).toHaveLength(2)
  })

  it('of a short life are renewed in its last fifth, and not handed out at its end', async () => {
    const { source, clock, asked, give } = startIdentity(10_000)
    const first = source.get()
    give('t1')
    await first
    clock.nowMs += 7_900
    source.get()
    expect(asked).toHaveLength(1)
    clock.nowMs += 200
    expect(source.get()).toBe('t1')
    expect(asked).toHaveLength(2)
    clock.nowMs += 1_600
    const waiting = source.get()
    expect(waiting).toBeInstanceOf(Promise)
    give('t2')
    expect(await waiting).toBe('t2')
  })

  it('stay in use when a renewal fails, and the failure is told', async () => {
    const { source, clock, asked, give, refuse, failures } = startIdentity(60 * minuteMs)
    const first = source.get()
    give('t1')
    await first
    clock.nowMs += 56 * minuteMs
    expect(source.get()).toBe('t1')
    refuse('identity is down')
    await expect.poll(() => failures.length).toBe(1)
    expect(failures[0]).toContain('identity is down')
    expect(source.get()).toBe('t1')
    expect(asked).toHaveLength(2)
    clock.nowMs += 11_000
    expect(source.get()).toBe('t1')
    expect(asked).toHaveLength(3)
  })

  it('that cannot be had fail as credentials, and the next call tries again', async () => {
    const { source, asked, give, refuse } = startIdentity(60 * minuteMs)
    const first = failureOf(Promise.resolve(source.get()))
    refuse('no such identity')
    expect(await first).toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('no such identity'),
    })
    const none = failureOf(Promise.resolve(source.get()))
    asked.at(-1)?.resolve(null)
    expect(await none).toMatchObject({ kind: 'credentials' })
    const second = source.get()
    give('t1')
    expect(await second).toBe('t1')
    expect(asked).toHaveLength(3)
  })

  it('that come expired fail as credentials', async () => {
    const { source, give } = startIdentity(-1)
    const attempt = failureOf(Promise.resolve(source.get()))
    give('old')
    expect(await attempt).toMatchObject({ kind: 'credentials' })
  })

  it('that do not come are given up', async () => {
    const source = createBearerTokenSource({
      credential: { getToken: () => new Promise(() => undefined) },
      now: () => 0,
      timeoutMs: 50,
    })
    expect(await failureOf(Promise.resolve(source.get()))).toMatchObject({ kind: 'credentials' })
  })
})
