import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admitToBulkhead, firstToServe, type WaitingCall } from '#lib/resilience/admit-to-bulkhead'
import { type BulkheadPlace, createBulkheads, type TurnedAway } from '#server/resilience/bulkheads'

const policies = fc.record({
  maxInFlight: fc.integer({ min: 1, max: 4 }),
  queue: fc.nat(4),
  maxWaitMs: fc.constant(86_400_000),
})
type Move =
  | { kind: 'enter'; priority: number }
  | { kind: 'leave'; which: number }
  | { kind: 'abort'; which: number }
const moves = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('enter' as const), priority: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('leave' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('abort' as const), which: fc.nat(20) }),
  ),
  { maxLength: 60 },
)

describe('bulkhead', () => {
  it('never holds more than its places nor queues more than its queue, and loses no place', async () => {
    await fc.assert(
      fc.asyncProperty(policies, moves, async (policy, script: Move[]) => {
        const bulkheads = createBulkheads({ policyOf: () => policy })
        const held: BulkheadPlace[] = []
        const aborts: AbortController[] = []
        const outcomes: Promise<void>[] = []
        const turned: TurnedAway[] = []
        for (const move of script) {
          if (move.kind === 'enter') {
            const abort = new AbortController()
            aborts.push(abort)
            const entered = bulkheads.enter('d', {
              priority: move.priority,
              maxWaitMs: 86_400_000,
              signal: abort.signal,
            })
            outcomes.push(
              entered.then((got) => void (typeof got === 'string' ? turned.push(got) : held.push(got))),
            )
          } else if (move.kind === 'leave') held.splice(move.which % Math.max(1, held.length), 1)[0]?.leave()
          else aborts[move.which % Math.max(1, aborts.length)]?.abort()
          await Promise.resolve()
          await Promise.resolve()
          const { inFlight, queued } = bulkheads.read('d')
          expect(inFlight).toBe(held.length)
          expect(inFlight).toBeLessThanOrEqual(policy.maxInFlight)
          expect(queued).toBeLessThanOrEqual(policy.queue)
          if (queued > 0) expect(inFlight).toBe(policy.maxInFlight)
        }
        for (const abort of aborts) abort.abort()
        await Promise.all(outcomes)
        for (const place of held) {
          place.leave()
          place.leave()
        }
        expect(bulkheads.read('d')).toMatchObject({ inFlight: 0, queued: 0 })
        expect(held.length + turned.length).toBeLessThanOrEqual(aborts.length)
      }),
    )
  })

  it('serves the highest priority first and among equals the earliest, and sends away the least', () => {
    const waiting = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(waiting, fc.integer({ min: 1, max: 4 }), (priorities, priority) => {
        const queue: WaitingCall[] = priorities.map((one, arrival) => ({ priority: one, arrival }))
        const best = Math.max(...priorities)
        expect(firstToServe(queue)).toEqual({ priority: best, arrival: priorities.indexOf(best) })
        const decision = admitToBulkhead(
          { inFlight: 1, waiting: queue },
          { priority, mayWait: true },
          { maxInFlight: 1, queue: queue.length },
        )
        const least = Math.min(...priorities)
        expect(decision).toEqual(
          least < priority ? { kind: 'displace', arrival: priorities.lastIndexOf(least) } : { kind: 'full' },
        )
      }),
    )
  })
})
