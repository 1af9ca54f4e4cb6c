import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addMeanValue, meanBounds, meanDifference, noMeanSample } from '#lib/experiments/mean-bounds'
import { addMeanBlock, lnMeanEvidence, noMeanEvidence } from '#lib/experiments/mean-evidence'
import {
  addStratum,
  lnOddsEvidence,
  noOddsEvidence,
  oddsRatioBounds,
  type Stratum,
} from '#lib/experiments/odds-evidence'
import { lnProportionEvidence, proportionBounds } from '#lib/experiments/proportion-bounds'
import { proportionDifference } from '#lib/experiments/proportion-difference'
import { quantileBounds } from '#lib/experiments/quantile-bounds'
import { hasSampleRatioMismatch, lnSampleRatioEvidence } from '#lib/experiments/sample-ratio'
import { powerAfter, requestsNeeded } from '#lib/experiments/sample-size'
import { createSeededRandom, type SeededRandom } from '#lib/simulator/create-seeded-random'
import { drawCount, drawLogNormal } from '#lib/simulator/draw-counts'

/** Share of `runs` seeded runs in which it happens. */
function shareOf(runs: number, happens: (random: SeededRandom) => boolean): number {
  let count = 0
  for (let seed = 1; seed <= runs; seed += 1) if (happens(createSeededRandom(seed * 7919))) count += 1
  return count / runs
}

const counts = fc
  .integer({ min: 0, max: 400 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), events: fc.integer({ min: 0, max: trials }) }))
const smallCounts = fc
  .integer({ min: 0, max: 12 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), events: fc.integer({ min: 0, max: trials }) }))

/** Every way in which a stratum's events can fall to the candidate, with its chance when the odds are equal. */
function allSplits({ baseline, candidate }: Stratum): { stratum: Stratum; chance: number }[] {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)
  const events = baseline.events + candidate.events
  const all = choose(baseline.trials + candidate.trials, events)
  return Array.from({ length: events + 1 }, (_, k) => ({
    stratum: {
      baseline: { ...baseline, events: events - k },
      candidate: { ...candidate, events: k },
    },
    chance:
      k > candidate.trials || events - k > baseline.trials
        ? 0
        : (choose(candidate.trials, k) * choose(baseline.trials, events - k)) / all,
  })).filter(({ chance }) => chance > 0)
}

describe('evidence is a fair game: its expectation is never above 1 while nothing is wrong', () => {
  it('P30 odds: exactly, for every small stratum and every limit, by enumeration of all outcomes', () => {
    fc.assert(
      fc.property(smallCounts, smallCounts, fc.constantFrom(1, 1.1, 1.5, 3), (baseline, candidate, limit) => {
        const splits = allSplits({ baseline, candidate })
        const mean = splits.reduce(
          (sum, { stratum, chance }) =>
            sum + chance * Math.exp(lnOddsEvidence(addStratum(noOddsEvidence, stratum), limit)),
          0,
        )
        expect(mean).toBeLessThanOrEqual(1 + 1e-9)
      }),
    )
  })

  it('P30 proportions: exactly, over all outcomes of up to 40 trials', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (trials, p) => {
        const mean = Array.from({ length: trials + 1 }, (_, events) => {
          const chance = choose(trials, events) * p ** events * (1 - p) ** (trials - events)
          return chance * Math.exp(lnProportionEvidence({ events, trials }, p))
        }).reduce((sum, one) => sum + one, 0)
        expect(mean).toBeCloseTo(1, 8)
      }),
    )
  })

  it('P30 looking after each of 400 requests, a false alarm is as rare as promised', () => {
    const share = shareOf(400, (random) => {
      let evidence = noOddsEvidence
      for (let look = 0; look < 200; look += 1) {
        const baseline = { trials: 9, events: drawCount(random, 9, 0.05) }
        const candidate = { trials: 2, events: drawCount(random, 2, 0.05) }
        evidence = addStratum(evidence, { baseline, candidate })
        if (lnOddsEvidence(evidence, 1) > Math.log(20)) return true
      }
      return false
    })
    expect(share).toBeLessThanOrEqual(0.05)
  })

  it('P30 means: bets on bounded blocks are false as rarely as promised', () => {
    const share = shareOf(400, (random) => {
      let evidence = noMeanEvidence
      for (let look = 0; look < 300; look += 1) {
        evidence = addMeanBlock(evidence, { excess: random.next() - random.next(), floor: 1 })
        if (lnMeanEvidence(evidence) > Math.log(20)) return true
      }
      return false
    })
    expect(share).toBeLessThanOrEqual(0.05)
  })

  it('the mismatch of shares is called falsely at most as rarely as promised, and surely when it is there', () => {
    const seen = (random: SeededRandom, p: number) => {
      let units = 0
      for (let look = 1; look <= 100; look += 1) {
        units += drawCount(random, 30, p)
        const groups = [
          { weight: 1_000, units },
          { weight: 9_000, units: look * 30 - units },
        ]
        if (hasSampleRatioMismatch(groups, 0.05)) return true
      }
      return false
    }
    expect(shareOf(400, (random) => seen(random, 0.1))).toBeLessThanOrEqual(0.05)
    expect(shareOf(50, (random) => seen(random, 0.15))).toBe(1)
    expect(lnSampleRatioEvidence([{ weight: 0, units: 1 }])).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('odds ratios', () => {
  it('an incident that hits both groups alike is evidence against neither', () => {
    let evidence = noOddsEvidence
    for (let look = 0; look < 60; look += 1) {
      const rate = look < 30 ? 0 : 0.5
      const stratum = {
        baseline: { trials: 90, events: 90 * rate },
        candidate: { trials: 10, events: 10 * rate },
      }
      evidence = addStratum(evidence, stratum)
    }
    expect(lnOddsEvidence(evidence, 1)).toBeLessThan(0)
  })

  it('one error among three requests proves nothing, whatever the baseline did', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 100_000 }), (trials) => {
        const stratum = { baseline: { trials, events: 0 }, candidate: { trials: 3, events: 1 } }
        const bounded = Math.min(trials, 60)
        const seen = addStratum(noOddsEvidence, { ...stratum, baseline: { trials: bounded, events: 0 } })
        expect(lnOddsEvidence(seen, 1)).toBeLessThan(Math.log(100))
        expect(lnOddsEvidence(addStratum(noOddsEvidence, stratum), 1)).toBeLessThan(Math.log(100))
      }),
    )
  })

  it('the bounds hold the true ratio at all times in at least 95 % of runs', () => {
    const share = shareOf(120, (random) => {
      let evidence = noOddsEvidence
      const truth = 0.2 / 0.8 / (0.1 / 0.9)
      for (let look = 0; look < 100; look += 1) {
        evidence = addStratum(evidence, {
          baseline: { trials: 20, events: drawCount(random, 20, 0.1) },
          candidate: { trials: 20, events: drawCount(random, 20, 0.2) },
        })
        const { lower, upper } = oddsRatioBounds(evidence, 0.025)
        if (truth < lower || truth > upper) return true
      }
      return false
    })
    expect(share).toBeLessThanOrEqual(0.05)
  })

  it('no order of spans changes what they say together', () => {
    const spans = fc.array(fc.record({ baseline: counts, candidate: smallCounts }), { maxLength: 6 })
    fc.assert(
      fc.property(spans, (strata) => {
        const forwards = strata.reduce(addStratum, noOddsEvidence)
        const backwards = strata.toReversed().reduce(addStratum, noOddsEvidence)
        expect(lnOddsEvidence(backwards, 1)).toBeCloseTo(lnOddsEvidence(forwards, 1), 6)
      }),
    )
  })
})

describe('confidence sequences', () => {
  it('hold what was observed, and narrow as more is seen', () => {
    fc.assert(
      fc.property(counts, counts, fc.constantFrom(0.05, 0.01), (baseline, candidate, alpha) => {
        const one = proportionBounds(candidate, alpha)
        const rate = candidate.trials === 0 ? 0 : candidate.events / candidate.trials
        expect(one.lower).toBeLessThanOrEqual(rate + 1e-9)
        expect(one.upper).toBeGreaterThanOrEqual(rate - 1e-9)
        const tenfold = { events: candidate.events * 10, trials: candidate.trials * 10 }
        const narrow = proportionBounds(tenfold, alpha)
        expect(narrow.upper - narrow.lower).toBeLessThanOrEqual(one.upper - one.lower + 1e-9)
        const { lower, upper } = proportionDifference({ baseline, candidate }, alpha)
        const seen = rate - (baseline.trials === 0 ? 0 : baseline.events / baseline.trials)
        expect(lower).toBeLessThanOrEqual(seen + 1e-9)
        expect(upper).toBeGreaterThanOrEqual(seen - 1e-9)
      }),
    )
  })

  it('hold the true difference of two proportions at all times in at least 95 % of runs', () => {
    const share = shareOf(100, (random) => {
      const [baseline, candidate] = [
        { events: 0, trials: 0 },
        { events: 0, trials: 0 },
      ]
      for (let look = 0; look < 40; look += 1) {
        baseline.events += drawCount(random, 45, 0.02)
        candidate.events += drawCount(random, 5, 0.08)
        baseline.trials += 45
        candidate.trials += 5
        const { lower, upper } = proportionDifference({ baseline, candidate }, 0.05)
        if (lower > 0.06 || upper < 0.06) return true
      }
      return false
    })
    expect(share).toBeLessThanOrEqual(0.05)
  })

  it('hold the true mean, and the difference of two, at all times in at least 95 % of runs', () => {
    const share = shareOf(200, (random) => {
      let [baseline, candidate] = [noMeanSample, noMeanSample]
      for (let look = 0; look < 300; look += 1) {
        baseline = addMeanValue(baseline, random.next() ** 2, 0.025)
        candidate = addMeanValue(candidate, random.next(), 0.025)
        const one = meanBounds(candidate, 0.025)
        const both = meanDifference({ baseline, candidate }, 0.05)
        if (one.lower > 0.5 || one.upper < 0.5 || both.lower > 1 / 6 || both.upper < 1 / 6) return true
      }
      return false
    })
    expect(share).toBeLessThanOrEqual(0.05)
    expect(() => addMeanValue(noMeanSample, 1.01, 0.05)).toThrow(RangeError)
    expect(() => addMeanBlock(noMeanEvidence, { excess: -2, floor: 1 })).toThrow(RangeError)
  })

  it('hold the true 95th percentile at all times in at least 95 % of runs, and say infinity where they cannot know', () => {
    const truth = 800 * Math.exp(0.5 * 1.6448536)
    const share = shareOf(100, (random) => {
      const values: number[] = []
      for (let look = 1; look <= 40; look += 1) {
        for (let one = 0; one < 25; one += 1) values.push(drawLogNormal(random, 800, 0.5))
        const sorted = values.toSorted((a, b) => a - b)
        const { lower, upper } = quantileBounds(sorted, { q: 0.95, alpha: 0.05 })
        if (truth < lower || truth > upper) return true
      }
      return false
    })
    expect(share).toBeLessThanOrEqual(0.05)
    expect(quantileBounds([1, 2, 3], { q: 0.95, alpha: 0.05 }).upper).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('sample size', () => {
  const plan = { baselineRate: 0.01, candidateRate: 0.06, candidateShare: 0.1, alpha: 0.01 }

  it('says how many requests notice it, on the safe side: simulated, the power is 80 % or up to 15 points more', () => {
    const requests = requestsNeeded({ ...plan, power: 0.8 })
    expect(powerAfter(requests, plan)).toBeCloseTo(0.8, 2)
    const noticed = shareOf(200, (random) => {
      let evidence = noOddsEvidence
      for (let seen = 0; seen < requests; seen += 100) {
        evidence = addStratum(evidence, {
          baseline: { trials: 90, events: drawCount(random, 90, plan.baselineRate) },
          candidate: { trials: 10, events: drawCount(random, 10, plan.candidateRate) },
        })
        if (lnOddsEvidence(evidence, 1) > Math.log(1 / plan.alpha)) return true
      }
      return false
    })
    expect(noticed).toBeGreaterThanOrEqual(0.8)
    expect(noticed).toBeLessThanOrEqual(0.95)
  })

  it('needs more for less: a smaller difference, a smaller share, a smaller chance of error', () => {
    const needed = (change: Partial<typeof plan>) => requestsNeeded({ ...plan, ...change, power: 0.8 })
    expect(needed({ candidateRate: 0.03 })).toBeGreaterThan(needed({}))
    expect(needed({ candidateShare: 0.05 })).toBeGreaterThan(needed({}))
    expect(needed({ alpha: 0.001 })).toBeGreaterThan(needed({}))
    expect(needed({ candidateRate: 0.01 })).toBe(Number.POSITIVE_INFINITY)
  })
})
