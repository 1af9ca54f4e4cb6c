import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertMemory, type AlertStep, evaluateAlert } from '#lib/alerts/evaluate-alert'

type Sight = 'breached' | 'between' | 'clear' | 'absent' | 'unknown'
interface Look {
  sight: Sight
  silenced: boolean
  acknowledge: boolean
  afterMs: number
}

const readings = {
  breached: { breached: true, cleared: false },
  between: { breached: false, cleared: false },
  clear: { breached: false, cleared: true },
  absent: null,
  unknown: 'unknown',
} as const
const look: fc.Arbitrary<Look> = fc.record({
  sight: fc.constantFrom<Sight[]>('breached', 'breached', 'between', 'clear', 'absent', 'unknown'),
  silenced: fc.boolean(),
  acknowledge: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  afterMs: fc.integer({ min: 0, max: 40_000 }),
})
const timing = fc.record({
  forSeconds: fc.constantFrom(0, 30, 60),
  resolve: fc.record({ margin: fc.constant(0), forSeconds: fc.constantFrom(0, 30, 60) }),
})

interface Seen extends AlertStep {
  before: AlertMemory | null
  nowMs: number
  look: Look
}

/** Looks again and again, as the evaluator does; an operator may take a firing alert between two looks. */
function watch(rule: Parameters<typeof evaluateAlert>[0]['rule'], looks: readonly Look[]): Seen[] {
  let alert: AlertMemory | null = null
  let nowMs = 0
  return looks.map((one) => {
    nowMs += one.afterMs
    if (one.acknowledge && alert?.state === 'firing') alert = { ...alert, state: 'acknowledged' }
    const before: AlertMemory | null = alert
    const step = evaluateAlert({ alert, reading: readings[one.sight], rule, silenced: one.silenced, nowMs })
    alert = step.alert
    return { ...step, before, nowMs, look: one }
  })
}

describe('an alert, whatever is seen of it', () => {
  it('fires and resolves by turns: never twice without the other in between', () => {
    fc.assert(
      fc.property(timing, fc.array(look, { maxLength: 80 }), (rule, looks) => {
        const moves = watch(rule, looks)
          .flatMap((step) => step.moves)
          .filter((move) => move === 'fired' || move === 'resolved')
        expect(moves).toEqual(moves.map((_, index) => (index % 2 === 0 ? 'fired' : 'resolved')))
      }),
    )
  })

  it('tells of firing once, and of the end once to those who heard of it', () => {
    fc.assert(
      fc.property(timing, fc.array(look, { maxLength: 80 }), (rule, looks) => {
        const told = watch(rule, looks).flatMap(({ tell }) => (tell ? [tell] : []))
        expect(told).toEqual(told.map((_, index) => (index % 2 === 0 ? 'firing' : 'resolved')))
      }),
    )
  })

  it('is not lost: whenever it is open, unsilenced and nobody took it, it was told', () => {
    fc.assert(
      fc.property(timing, fc.array(look, { maxLength: 80 }), (rule, looks) => {
        for (const { alert, look: seen } of watch(rule, looks)) {
          if (alert?.state === 'firing' && !seen.silenced) expect(alert.notified).toBe(true)
        }
      }),
    )
  })

  it('fires as soon as it held without a break for as long as the rule says, and not before', () => {
    fc.assert(
      fc.property(timing, fc.array(look, { maxLength: 80 }), (rule, looks) => {
        let sinceMs: number | null = null
        for (const { before, alert, moves, nowMs, look: seen } of watch(rule, looks)) {
          const open = before !== null && before.state !== 'pending'
          if (open || seen.sight === 'unknown') continue
          sinceMs = seen.sight === 'breached' ? (sinceMs ?? nowMs) : null
          const due = sinceMs !== null && nowMs - sinceMs >= rule.forSeconds * 1000
          expect(moves.includes('fired')).toBe(due)
          expect(alert?.state ?? 'none').toBe(due ? 'firing' : sinceMs === null ? 'none' : 'pending')
          if (due) sinceMs = null
        }
      }),
    )
  })

  it('resolves only when it was well without a break for as long as the rule says', () => {
    fc.assert(
      fc.property(timing, fc.array(look, { maxLength: 80 }), (rule, looks) => {
        let wellSinceMs: number | null = null
        for (const { moves, nowMs, look: seen } of watch(rule, looks)) {
          const well = seen.sight === 'clear' || seen.sight === 'absent'
          if (seen.sight !== 'unknown') wellSinceMs = well ? (wellSinceMs ?? nowMs) : null
          if (!moves.includes('resolved')) continue
          expect(nowMs - (wellSinceMs ?? nowMs + 1)).toBeGreaterThanOrEqual(rule.resolve.forSeconds * 1000)
        }
      }),
    )
  })

  it('stays as it is while it cannot be looked at', () => {
    fc.assert(
      fc.property(timing, fc.array(look, { maxLength: 40 }), fc.boolean(), (rule, looks, silenced) => {
        const alert = watch(rule, looks).at(-1)?.alert ?? null
        const step = evaluateAlert({ alert, reading: 'unknown', rule, silenced, nowMs: 10 ** 9 })
        expect(step.alert?.state).toBe(alert?.state)
        expect(step.moves).not.toContain('fired')
        expect(step.moves).not.toContain('resolved')
      }),
    )
  })

  it('ends when its rule is switched off, and tells whoever heard of it', () => {
    fc.assert(
      fc.property(timing, fc.array(look, { maxLength: 40 }), (rule, looks) => {
        const alert = watch(rule, looks).at(-1)?.alert ?? null
        const step = evaluateAlert({
          alert,
          reading: readings.breached,
          rule: null,
          silenced: false,
          nowMs: 0,
        })
        expect(step.alert).toBeNull()
        expect(step.tell).toBe(alert?.notified ? 'resolved' : null)
      }),
    )
  })
})
