import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Meter } from '#lib/quotas/quota-terms'
import { createEmbeddedAuthority } from '#server/quotas/embedded-authority'
import { createLeaseHolder, type LeaseHolder } from '#server/quotas/lease-holder'
import type { CounterId, QuotaAuthority } from '#server/quotas/quota-authority'
import type { Reservation } from '#server/quotas/slot-demands'
import { createLog } from '#server/telemetry/log'
import { meterOf } from '#tests/support/quota-authorities'

const log = createLog({ level: 'silent', instanceId: 'test' })
const clock = { nowMs: Date.now, monotonicMs: () => performance.now() }
const turn = () => new Promise((resolve) => setImmediate(resolve))

interface World {
  holders: LeaseHolder[]
  authority: QuotaAuthority
}

function createWorld(
  count: number,
  between: (sync: QuotaAuthority['sync']) => QuotaAuthority['sync'] = (sync) => sync,
): World {
  const authority = createEmbeddedAuthority({ nowMs: Date.now, leaseForMs: 60_000 })
  const seen = { ...authority, sync: between(authority.sync) }
  const holders = Array.from({ length: count }, (_, index) =>
    createLeaseHolder({
      authority: seen,
      holder: `h${index}`,
      seedOf: async () => 0n,
      clock,
      log,
      answerWithinMs: 60_000,
      tickMs: 1,
      recallWaitMs: 2,
    }),
  )
  return { holders, authority }
}

const meters = (limits: { requests: bigint; tokens: bigint }) => {
  const requests = meterOf({ limit: limits.requests })
  return [requests, { ...requests, measure: 'tokens' as const, limit: limits.tokens }]
}
type Meters = ReturnType<typeof meters>

const idOf = (meter: Meters[number]): CounterId => {
  const day = Math.floor(Date.now() / 86_400_000) * 86_400_000
  return {
    accountId: meter.accountId,
    counter: `${meter.scope}/${meter.measure}/${meter.window}/${meter.scopeId}`,
    windowStartMs: day,
    windowEndMs: day + 86_400_000,
  }
}

function ask(holder: LeaseHolder | undefined, wanted: readonly Meter[], tokens: bigint) {
  if (!holder) throw new Error('no such holder')
  const amounts = { tokens, costPicoUsd: 0n }
  return holder.reserve({ meters: wanted, amounts, atMs: Date.now(), onAuthorityLoss: 'closed' })
}

const requests = fc.array(
  fc.record({ holder: fc.nat(2), tokens: fc.bigInt({ min: 1n, max: 20n }), usedShare: fc.nat(100) }),
  { minLength: 1, maxLength: 25 },
)
const limits = fc.record({
  requests: fc.bigInt({ min: 1n, max: 20n }),
  tokens: fc.bigInt({ min: 1n, max: 200n }),
})

describe('P17 quotas', () => {
  it('admit no more than the plan allows under any interleaving, and what was not used comes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), limits, requests, async (scheduler, limit, script) => {
        const { holders, authority } = createWorld(3, (sync) =>
          scheduler.scheduleFunction(async (...given: Parameters<QuotaAuthority['sync']>) => {
            const answer = await sync(...given)
            return answer
          }),
        )
        const wanted = meters(limit)
        const running = { requests: 0n, tokens: 0n }
        let used = 0n
        let admitted = 0n
        let pending = script.length
        const work = script.map(async ({ holder, tokens, usedShare }) => {
          const result = await ask(holders[holder], wanted, tokens)
          if (result.kind !== 'reserved') {
            pending -= 1
            return
          }
          admitted += 1n
          running.tokens += tokens
          expect(admitted).toBeLessThanOrEqual(limit.requests)
          expect(used + running.tokens).toBeLessThanOrEqual(limit.tokens)
          await scheduler.schedule(Promise.resolve())
          const spent = (tokens * BigInt(usedShare)) / 100n
          result.reservation.settle({ tokens: spent, costPicoUsd: 0n })
          running.tokens -= tokens
          used += spent
          pending -= 1
        })
        while (pending > 0) {
          if (scheduler.count() > 0) await scheduler.waitOne()
          else await new Promise((resolve) => setTimeout(resolve, 1))
        }
        await Promise.all(work)
        const closing = Promise.all(holders.map((holder) => holder.close()))
        let closed = false
        closing.then(() => {
          closed = true
        })
        while (!closed) {
          if (scheduler.count() > 0) await scheduler.waitOne()
          else await turn()
        }
        const totals = await authority.read(wanted.map(idOf))
        expect(totals.map((total) => total?.used ?? 0n)).toEqual([admitted, used])
        expect(totals.map((total) => total?.reserved ?? 0n)).toEqual([0n, 0n])
      }),
      { numRuns: 60 },
    )
  })

  it('refuse nothing for which there is room, whoever holds what is left', async () => {
    await fc.assert(
      fc.asyncProperty(limits, requests, async (limit, script) => {
        const { holders } = createWorld(3)
        const wanted = meters(limit)
        let used = 0n
        let admitted = 0n
        for (const { holder, tokens, usedShare } of script) {
          const result = await ask(holders[holder], wanted, tokens)
          const fits = admitted < limit.requests && used + tokens <= limit.tokens
          expect(result.kind).toBe(fits ? 'reserved' : 'refused')
          if (result.kind !== 'reserved') {
            await holders[holder]?.flush()
            continue
          }
          const spent = (tokens * BigInt(usedShare)) / 100n
          result.reservation.settle({ tokens: spent, costPicoUsd: 0n })
          await holders[holder]?.flush()
          admitted += 1n
          used += spent
        }
        await Promise.all(holders.map((holder) => holder.close()))
      }),
      { numRuns: 60 },
    )
  })

  it('answer a request for an idle counter however long the authority takes, between any two looks at what may be forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { minLength: 1, maxLength: 8 }), async (delaysMs) => {
        let call = 0
        const { holders } = createWorld(1, (sync) => async (...given) => {
          const delayMs = delaysMs[call % delaysMs.length] ?? 0
          call += 1
          await new Promise((resolve) => setTimeout(resolve, delayMs))
          return sync(...given)
        })
        const running = () => meterOf({ measure: 'concurrent', window: 'running', limit: 1n })
        // Each but the first waits behind a call that is under way and does not speak of its counter.
        const asked = Array.from({ length: 6 }, () => ask(holders[0], [running()], 1n))
        for (const result of await Promise.all(asked)) {
          expect(result.kind).toBe('reserved')
          if (result.kind === 'reserved') result.reservation.release()
        }
        await holders[0]?.close()
      }),
      { numRuns: 30 },
    )
  })

  it('tell a request for which there is room, but never a lease, what the plan says of a lost authority', async () => {
    const { holders } = createWorld(1, (sync) => async (...given) => {
      const grants = await sync(...given)
      return grants.map((grant) => grant && { ...grant, given: 0n })
    })
    const result = await ask(holders[0], [meterOf({ measure: 'concurrent', window: 'running' })], 1n)
    expect(result).toEqual({ kind: 'lost' })
  })

  it('count what a reservation used once, however often it is ended', async () => {
    const { holders, authority } = createWorld(1)
    const wanted = meters({ requests: 5n, tokens: 100n })
    const reservations: Reservation[] = []
    for (const tokens of [10n, 20n]) {
      const result = await ask(holders[0], wanted, tokens)
      if (result.kind === 'reserved') reservations.push(result.reservation)
    }
    const [first, second] = reservations
    first?.settle({ tokens: 7n, costPicoUsd: 0n })
    first?.settle({ tokens: 7n, costPicoUsd: 0n })
    first?.release()
    second?.release()
    await holders[0]?.close()
    expect(await authority.read(wanted.map(idOf))).toEqual([
      { used: 1n, reserved: 0n },
      { used: 7n, reserved: 0n },
    ])
  })
})
