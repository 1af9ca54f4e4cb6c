import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutoverLimits } from '#lib/contracts/settings'
import { requireDualWrite } from '#lib/migration/dual-write-requirement'
import { type CutoverSnapshot, evaluateCutover } from '#lib/migration/evaluate-cutover'
import { dualWriteStates } from '#lib/migration/judge-dual-write'
import { guardrailMetrics } from '#lib/traffic/rollout-plan'

const amount = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))
const guardrail = fc.record({
  metric: fc.constantFrom(...guardrailMetrics),
  status: fc.constantFrom(
    'unknown' as const,
    'good' as const,
    'doubtful' as const,
    'worse' as const,
    'broken' as const,
  ),
  baseline: amount,
  candidate: amount,
  unit: fc.constant('rate' as const),
  limitRatio: fc.constant(1.1),
  lnEvidence: fc.constant(0),
  lnLimit: fc.constant(3),
  text: fc.constant('as measured'),
})
const stream = fc.record({
  stream: fc.string({ minLength: 1 }),
  state: fc.constantFrom(...dualWriteStates),
  text: fc.constant('so it is'),
})
const snapshot: fc.Arbitrary<CutoverSnapshot> = fc.record({
  guardrails: fc.uniqueArray(guardrail, { selector: ({ metric }) => metric }),
  parity: fc.option(fc.record({ pairs: fc.nat(500), alike: fc.nat(500) })),
  openAlerts: fc.array(fc.string({ minLength: 1 }), { maxLength: 2 }),
  lastBackupAtMs: fc.option(fc.nat(10 * 86_400_000)),
  invoice: fc.option(
    fc.record({
      lastDay: fc.constant('1970-01-05'),
      varianceRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  ),
  dualWrite: fc.array(stream, { maxLength: 3 }).map(requireDualWrite),
  atFull: fc.record({
    sinceMs: fc.option(fc.nat(1_000)),
    alerts: fc.array(fc.string({ minLength: 1 })),
    days: fc.nat(9),
  }),
  nowMs: fc.integer({ min: 1_000, max: 10 * 86_400_000 }),
})

it('a route is ready only when somebody measured everything and all of it is good', () => {
  fc.assert(
    fc.property(snapshot, (one) => {
      const { status, criteria } = evaluateCutover(one, cutoverLimits.parse({}))
      const isGood = criteria.every((criterion) => ['met', 'not_needed'].includes(criterion.status))
      expect(status === 'ready').toBe(isGood)
      expect(status === 'not_ready').toBe(criteria.some((criterion) => criterion.status === 'failed'))
      for (const { status: each, value, text } of criteria) {
        if (each === 'met') expect(value).not.toBeNull()
        expect(text).not.toBe('')
      }
      if (one.parity === null || one.lastBackupAtMs === null || one.invoice === null)
        expect(status).not.toBe('ready')
      if (one.guardrails.length < guardrailMetrics.length) expect(status).not.toBe('ready')
    }),
    { numRuns: 2_000 },
  )
})
