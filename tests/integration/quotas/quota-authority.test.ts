import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyCounter, grantLease } from '#lib/quotas/quota-counter'
import { meterKey } from '#lib/quotas/quota-terms'
import { windowOf } from '#lib/quotas/window-of'
import type { LeaseEntry } from '#server/quotas/quota-authority'
import { describeOnAuthorities, meterOf, newAccount } from '#tests/support/quota-authorities'

function entryOf(change: Partial<LeaseEntry> = {}): LeaseEntry {
  const meter = meterOf()
  const { startMs, endMs } = windowOf('day', Date.now())
  return {
    accountId: meter.accountId,
    counter: meterKey(meter),
    windowStartMs: startMs,
    windowEndMs: endMs,
    limit: 5n,
    used: 0n,
    reserved: 0n,
    spare: 0n,
    need: 0n,
    least: 0n,
    wish: 0n,
    seed: 0n,
    ...change,
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describeOnAuthorities('quota authority', (open) => {
  it('gives what there is and not a unit more, whoever asks', async () => {
    const authority = await open(30_000)
    const entry = entryOf({ need: 3n, least: 1n, wish: 3n })
    const [first] = await authority.sync('a', [entry])
    const [second] = await authority.sync('b', [entry])
    const [third] = await authority.sync('c', [entry])
    expect([first?.given, second?.given, third?.given]).toEqual([3n, 2n, 0n])
    expect(third).toMatchObject({ others: 5n, used: 0n })
  })

  it('gives nothing that is too little for the smallest request that waits', async () => {
    const authority = await open(30_000)
    const [grant] = await authority.sync('a', [entryOf({ need: 9n, least: 6n, wish: 9n })])
    expect(grant?.given).toBe(0n)
  })

  it('begins a counter with its seed, and says when it needs one', async () => {
    const authority = await open(30_000)
    const entry = entryOf({ need: 5n, least: 1n, wish: 5n, seed: null })
    expect(await authority.sync('a', [entry])).toEqual([null])
    expect(await authority.read([entry])).toEqual([null])
    const [grant] = await authority.sync('a', [{ ...entry, seed: 2n }])
    expect(grant).toMatchObject({ given: 3n, used: 2n })
    expect(await authority.read([entry])).toEqual([{ used: 2n, reserved: 3n }])
    const [again] = await authority.sync('b', [{ ...entry, seed: 4n }])
    expect(again, 'a later seed changes nothing').toMatchObject({ given: 0n, used: 2n })
  })

  it('takes back what a silent process had reserved, and keeps what it had used', async () => {
    const authority = await open(60)
    const entry = entryOf({ need: 4n, least: 1n, wish: 4n })
    await authority.sync('dead', [entry])
    await authority.sync('dead', [{ ...entry, used: 1n, reserved: 3n, need: 0n, least: 0n, wish: 0n }])
    const ask = { ...entry, need: 5n, wish: 5n }
    expect((await authority.sync('b', [ask]))[0]?.given).toBe(1n)
    await pause(90)
    expect((await authority.sync('b', [{ ...ask, reserved: 1n, need: 4n, wish: 4n }]))[0]?.given).toBe(3n)
    expect(await authority.read([entry])).toEqual([{ used: 1n, reserved: 4n }])
  })

  it('tells who has something to spare that somebody else needs it', async () => {
    const authority = await open(30_000)
    const entry = entryOf({ limit: 100n })
    const [had] = await authority.sync('a', [{ ...entry, need: 1n, least: 1n, wish: 10n }])
    expect(had?.given).toBe(10n)
    const [want] = await authority.sync('b', [{ ...entry, need: 95n, least: 95n, wish: 95n }])
    expect(want).toMatchObject({ given: 0n, spareElsewhere: 9n })
    const [told] = await authority.sync('a', [{ ...entry, reserved: 1n, spare: 9n }])
    expect(told).toMatchObject({ recalled: true, keptSpare: true })
    await authority.sync('a', [{ ...entry, reserved: 1n }])
    const [got] = await authority.sync('b', [{ ...entry, need: 95n, least: 95n, wish: 95n }])
    expect(got?.given).toBe(95n)
  })

  it('counts each window and each meter by itself', async () => {
    const authority = await open(30_000)
    const entry = entryOf({ need: 5n, least: 1n, wish: 5n })
    const next = {
      ...entry,
      used: 1n,
      need: 4n,
      windowStartMs: entry.windowEndMs,
      windowEndMs: entry.windowEndMs + 86_400_000,
    }
    const other = { ...entry, counter: `${entry.counter}-other` }
    const grants = await authority.sync('a', [entry, next, other])
    expect(grants.map((grant) => grant?.given)).toEqual([5n, 4n, 5n])
    await authority.purge(entry.windowEndMs + 7_200_000)
    expect(await authority.read([next])).toMatchObject([{ used: 1n }])
  })

  it('gives exactly what there is to many that ask at once', async () => {
    const authority = await open(30_000)
    const entry = entryOf({ limit: 40n, need: 1n, least: 1n, wish: 3n })
    const grants = await Promise.all(
      Array.from({ length: 60 }, (_, index) => authority.sync(`holder-${index}`, [entry])),
    )
    const given = grants.reduce((sum, [grant]) => sum + (grant?.given ?? 0n), 0n)
    expect(given).toBe(40n)
  })

  it('decides as the pure function does, whatever is asked', async () => {
    const authority = await open(30_000)
    const amounts = fc.bigInt({ min: 0n, max: 30n })
    const request = fc.record({
      holder: fc.constantFrom('a', 'b', 'c'),
      limit: fc.option(fc.bigInt({ min: 1n, max: 100n })),
      used: amounts,
      reserved: amounts,
      spare: amounts,
      need: amounts,
      wish: amounts,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 8 }), async (requests) => {
        const entry = { ...entryOf(), accountId: newAccount() }
        let counter = emptyCounter
        for (const asked of requests) {
          const wish = asked.need + asked.wish
          const least = asked.need / 2n
          const wanted = grantLease(counter, { ...asked, wish, least }, { nowMs: 1_000, leaseForMs: 1_000 })
          counter = wanted.counter
          const { holder, ...rest } = { ...asked, wish, least }
          const [grant] = await authority.sync(holder, [{ ...entry, ...rest }])
          expect(grant).toEqual(wanted.grant)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('amounts beyond 2^53', () => {
  it('are added up exactly', () => {
    const used = 90_071_992_547_409_931n
    const { grant } = grantLease(
      emptyCounter,
      { holder: 'a', limit: null, used, reserved: 0n, spare: 0n, need: 0n, least: 0n, wish: 0n },
      { nowMs: 0, leaseForMs: 1 },
    )
    expect(grant.used).toBe(used)
  })
})
