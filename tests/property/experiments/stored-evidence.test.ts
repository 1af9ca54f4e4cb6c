import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lnStoredOddsEvidence } from '#lib/experiments/stored-evidence'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'

/** Share of seeded runs whose evidence ever passes ln(1/0.05), looked at after every ten trials. */
function alarmShare(runs: number, { old, fresh }: { old: number; fresh: number }): number {
  let alarms = 0
  for (let seed = 1; seed <= runs; seed += 1) {
    const random = createSeededRandom(seed)
    const stored = { trials: 2_000, events: 0 }
    for (let trial = 0; trial < stored.trials; trial += 1) if (random.next() < old) stored.events += 1
    const seen = { trials: 0, events: 0 }
    for (let trial = 1; trial <= 2_000; trial += 1) {
      seen.trials = trial
      if (random.next() < fresh) seen.events += 1
      if (trial % 10 === 0 && lnStoredOddsEvidence({ stored, fresh: seen }, 1.1) > Math.log(20)) {
        alarms += 1
        break
      }
    }
  }
  return alarms / runs
}

describe('evidence against what was stored before', () => {
  it('is wrong in at most 5 % of runs of equals, however often it is looked at', () => {
    expect(alarmShare(200, { old: 0.02, fresh: 0.02 })).toBeLessThanOrEqual(0.05)
  })

  it('finds a candidate that fails three times as often', () => {
    expect(alarmShare(40, { old: 0.02, fresh: 0.06 })).toBeGreaterThanOrEqual(0.95)
  })

  it('says nothing without counts, nothing finite is ever not a number, and a higher limit is harder to pass', () => {
    const counts = fc
      .tuple(fc.nat(500), fc.nat(500))
      .map(([a, b]) => ({ events: Math.min(a, b), trials: Math.max(a, b) }))
    fc.assert(
      fc.property(counts, counts, fc.double({ min: 1, max: 5, noNaN: true }), (stored, fresh, limit) => {
        const at = (limit: number) => lnStoredOddsEvidence({ stored, fresh }, limit)
        expect(Number.isFinite(at(limit))).toBe(true)
        expect(at(limit * 2)).toBeLessThanOrEqual(at(limit) + 1e-6)
        if (stored.trials === 0 || fresh.trials === 0) expect(at(limit)).toBe(0)
      }),
    )
  })
})
