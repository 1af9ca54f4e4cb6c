import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeReading } from '#lib/experiments/describe-reading'
import { noUnitTotals } from '#lib/experiments/experiment-metrics'
import { type ExperimentPlanInput, experimentPlan } from '#lib/experiments/experiment-plan'
import { moveUnitTotals, noVariantSamples } from '#lib/experiments/experiment-samples'
import { judgeExperiment } from '#lib/experiments/judge-experiment'
import {
  lnPositiveEvidence,
  powerAt,
  sequentialRadius,
  varianceNeeded,
} from '#lib/experiments/sequential-bounds'
import {
  healthyVariant,
  type SimulatedExperiment,
  simulateExperiment,
} from '#lib/experiments/simulate-experiment'
import { moveUnit, noUnitSample, ratioEstimate } from '#lib/experiments/unit-sample'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'

function planOf(input: Partial<ExperimentPlanInput> = {}) {
  return experimentPlan.parse({
    name: 'simulated',
    primaryMetric: 'feedback',
    guardrails: [],
    variants: [
      { name: 'control', weightBps: 5_000 },
      { name: 'b', weightBps: 5_000 },
    ],
    ...input,
  })
}

const usual = { units: 400, unitSpread: 0.25, requestsPerLook: 40, looks: 30 }

function shareOf(
  runs: number,
  options: SimulatedExperiment,
  counts: (readings: ReturnType<typeof simulateExperiment>) => boolean,
): number {
  let counted = 0
  for (let run = 1; run <= runs; run += 1)
    if (counts(simulateExperiment(options, createSeededRandom(run)))) counted += 1
  return counted / runs
}

describe('verdicts of experiments', () => {
  it('call a winner or loser among equals in at most 5 % of 2,000 experiments that are looked at all the time', () => {
    const options = { ...usual, plan: planOf(), variants: [healthyVariant, healthyVariant] }
    const share = shareOf(2_000, options, (readings) =>
      readings.some(({ treatments }) =>
        treatments.some(({ standing }) => standing === 'better' || standing === 'worse'),
      ),
    )
    expect(share).toBeLessThanOrEqual(0.05)
  })

  it('keep that promise for four variants together', () => {
    const plan = planOf({
      variants: ['control', 'b', 'c', 'd'].map((name) => ({ name, weightBps: 2_500 })),
      minimumUnits: 30,
    })
    const options = { ...usual, plan, variants: Array.from({ length: 4 }, () => healthyVariant) }
    const share = shareOf(300, options, (readings) =>
      readings.some(({ treatments }) =>
        treatments.some(({ standing }) => standing === 'better' || standing === 'worse'),
      ),
    )
    expect(share).toBeLessThanOrEqual(0.05)
  })

  it('hold the true difference at every look in at least 95 % of the experiments', () => {
    const plan = planOf({ alpha: 0.05, minimumEffect: 0.5 })
    const liking = healthyVariant.liking - 0.1
    const options = {
      ...usual,
      plan,
      unitSpread: 0.2,
      variants: [healthyVariant, { ...healthyVariant, liking }],
    }
    const share = shareOf(300, options, (readings) =>
      readings.every(({ treatments }) =>
        treatments.every(
          ({ primary: { interval } }) => !interval || (interval.lower <= -0.1 && interval.upper >= -0.1),
        ),
      ),
    )
    expect(share).toBeGreaterThanOrEqual(0.95)
  })

  it('find the smallest change that matters with the promised power once the promised units are there', () => {
    const plan = planOf({ minimumEffect: 0.2, minimumUnits: 30, power: 0.8 })
    const variants = [healthyVariant, { ...healthyVariant, liking: healthyVariant.liking * 1.2 }]
    const options = { ...usual, plan, variants, unitSpread: 0.15, units: 2_000, looks: 80 }
    const share = shareOf(300, options, (readings) => {
      const enough = readings.findIndex(({ treatments }) => treatments[0]?.power?.remainingMs === 0)
      const found = readings.findIndex(({ kind }) => kind === 'winner')
      return found >= 0 && (enough < 0 || found <= enough)
    })
    expect(share).toBeGreaterThanOrEqual(0.8)
  })

  it('stop a variant that is no worse in at most 5 % of the experiments, and one that harms in at least 95 %', () => {
    const plan = planOf({
      guardrails: [
        { metric: 'error_rate', limitRatio: 1.25 },
        { metric: 'latency', limitRatio: 1.2 },
      ],
    })
    const isStopped = (readings: ReturnType<typeof simulateExperiment>) =>
      readings.some(({ treatments }) => treatments.some(({ broken }) => broken !== null))
    const options = { ...usual, plan, looks: 30 }
    expect(
      shareOf(200, { ...options, variants: [healthyVariant, healthyVariant] }, isStopped),
    ).toBeLessThanOrEqual(0.05)
    const failing = { ...healthyVariant, errorRate: 0.15 }
    expect(
      shareOf(60, { ...options, variants: [healthyVariant, failing] }, isStopped),
    ).toBeGreaterThanOrEqual(0.95)
    const slow = { ...healthyVariant, medianMs: healthyVariant.medianMs * 2 }
    expect(shareOf(60, { ...options, variants: [healthyVariant, slow] }, isStopped)).toBeGreaterThanOrEqual(
      0.95,
    )
  })

  it('say a sentence for every state, and never a winner while units are missing from a variant', () => {
    const totals = fc.record({
      feedback: fc.integer({ min: 0, max: 5 }),
      errors: fc.integer({ min: 0, max: 2 }),
    })
    fc.assert(
      fc.property(fc.array(totals, { maxLength: 200 }), fc.array(totals, { maxLength: 200 }), (a, b) => {
        const plan = planOf({ minimumUnits: 30 })
        const sampleOf = (units: typeof a) =>
          units.reduce(
            (samples, { feedback, errors }) =>
              moveUnitTotals(samples, {
                before: null,
                after: {
                  ...noUnitTotals,
                  requests: 5,
                  errors,
                  answers: 5,
                  feedback,
                  feedbackSum: feedback / 2,
                },
              }),
            noVariantSamples,
          )
        const reading = judgeExperiment({
          plan,
          samples: { control: sampleOf(a), b: sampleOf(b) },
          counted: {},
          stopped: new Set(),
          ranForMs: 60_000,
        })
        expect(describeReading(plan, reading).sentence).toMatch(/\.$/)
        if (reading.sampleRatio.isMismatched) expect(reading.winner).toBeNull()
        if (reading.kind === 'winner') expect(Math.min(a.length, b.length)).toBeGreaterThanOrEqual(30)
      }),
    )
  })
})

describe('guardrails of means', () => {
  const estimate = fc.record({
    mean: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    variance: fc.double({ min: 0, max: 1e9, noNaN: true }),
  })
  const scale = fc.double({ min: 1e-6, max: 1e6, noNaN: true })

  it('P30 have no evidence of harm at or below their limit, however little the units scatter', () => {
    fc.assert(
      fc.property(estimate, scale, ({ mean, variance }, size) => {
        const harmless = { mean: -Math.abs(mean), variance }
        expect(lnPositiveEvidence(harmless, size)).toBeLessThanOrEqual(1e-6)
      }),
    )
  })

  it('P30 weigh all harms of their prior against none, as a sum over it does', () => {
    const z = fc.double({ min: -12, max: 12, noNaN: true })
    const deviation = fc.double({ min: 0.02, max: 5, noNaN: true })
    fc.assert(
      fc.property(z, deviation, (seen, share) => {
        const [steps, width] = [20_000, Math.min(12, 30 * share)]
        let sum = 0
        for (let step = 0; step < steps; step += 1) {
          const harm = ((step + 0.5) / steps) * width
          sum += Math.exp(-(harm ** 2) / 2 + (seen * harm) / share - harm ** 2 / (2 * share * share))
        }
        const expected = Math.log((sum * 2 * width) / steps / Math.sqrt(2 * Math.PI))
        const found = lnPositiveEvidence({ mean: seen * share, variance: share * share }, 1)
        if (Math.abs(expected) < 500) expect(found).toBeCloseTo(expected, 4)
      }),
      { numRuns: 200 },
    )
  })

  it('P30 leave a variant alone that is faster than it need be, and stop one that costs twice as much', () => {
    const plan = planOf({
      guardrails: [
        { metric: 'latency', limitRatio: 1.5 },
        { metric: 'cost', limitRatio: 1.5 },
      ],
    })
    const latency = fc.record({
      ms: fc.integer({ min: 100, max: 5_000 }),
      spread: fc.integer({ min: 0, max: 90 }),
    })
    const units = fc.integer({ min: 30, max: 400 })
    const judge = (sides: {
      a: number
      b: number
      spread: number
      units: number
      costs: [number, number]
    }) => {
      const sampleOf = (ms: number, cost: number) =>
        Array.from({ length: sides.units }, (_, unit) => ({
          ...noUnitTotals,
          requests: 1,
          answers: 1,
          latencyMs: ms + (unit % 2 === 0 ? sides.spread : -sides.spread),
          priced: 1,
          costNanoUsd: cost,
        })).reduce((samples, after) => moveUnitTotals(samples, { before: null, after }), noVariantSamples)
      return judgeExperiment({
        plan,
        samples: { control: sampleOf(sides.a, sides.costs[0]), b: sampleOf(sides.b, sides.costs[1]) },
        counted: {},
        stopped: new Set(),
        ranForMs: 60_000,
      }).treatments[0]?.guardrails.map(({ status }) => status)
    }
    fc.assert(
      fc.property(latency, units, fc.double({ min: 0.1, max: 1.4, noNaN: true }), (time, count, ratio) => {
        const sides = { a: time.ms, b: time.ms * ratio, spread: time.spread, units: count }
        expect(judge({ ...sides, costs: [1_000, 1_000] })).toEqual(['good', 'good'])
        expect(judge({ ...sides, costs: [1_000, 2_000] })).toEqual(['good', 'broken'])
      }),
    )
  })
})

it('of several variants the sentence counts the units of the one that misses most', () => {
  const plan = planOf({
    variants: ['control', 'b', 'c'].map((name, index) => ({ name, weightBps: index === 0 ? 4_000 : 3_000 })),
    minimumUnits: 100,
  })
  const sizes = fc.tuple(fc.integer({ min: 100, max: 200 }), fc.integer({ min: 0, max: 99 }))
  fc.assert(
    fc.property(sizes, fc.boolean(), ([many, few], isLast) => {
      const sampleOf = (units: number) =>
        Array.from({ length: units }, (_, unit) => ({
          ...noUnitTotals,
          requests: 1,
          feedback: 1,
          feedbackSum: (unit % 5) / 4,
        })).reduce((samples, after) => moveUnitTotals(samples, { before: null, after }), noVariantSamples)
      const [b, c] = isLast ? [many, few] : [few, many]
      const reading = judgeExperiment({
        plan,
        samples: { control: sampleOf(many), b: sampleOf(b), c: sampleOf(c) },
        counted: {},
        stopped: new Set(),
        ranForMs: 60_000,
      })
      if (reading.kind === 'collecting')
        expect(describeReading(plan, reading).sentence).toContain(`${few} of at least 100 units`)
    }),
  )
})

describe('sums over units', () => {
  it('give the mean of all things, whatever the order in which units grew', () => {
    const step = fc.record({ unit: fc.integer({ min: 0, max: 9 }), x: fc.integer({ min: 0, max: 1 }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 100 }), (steps) => {
        const units = new Map<number, { n: number; x: number }>()
        let sample = noUnitSample
        for (const { unit, x } of steps) {
          const before = units.get(unit) ?? { n: 0, x: 0 }
          const after = { n: before.n + 1, x: before.x + x }
          units.set(unit, after)
          sample = moveUnit(sample, { before, after })
        }
        expect(sample.units).toBe(units.size)
        const estimate = ratioEstimate(sample)
        if (units.size < 2) return expect(estimate).toBeNull()
        const mean = steps.reduce((sum, { x }) => sum + x, 0) / steps.length
        expect(estimate?.mean).toBeCloseTo(mean, 10)
        const scatter = [...units.values()].reduce((sum, { n, x }) => sum + (x - mean * n) ** 2, 0)
        const variance = (scatter * units.size) / (units.size - 1) / steps.length ** 2
        expect(estimate?.variance).toBeCloseTo(variance, 10)
      }),
    )
  })

  it('need the more units the smaller the change, and power is what was asked for there', () => {
    const effect = fc.double({ min: 1e-3, max: 10, noNaN: true })
    fc.assert(
      fc.property(effect, fc.double({ min: 0.001, max: 0.1, noNaN: true }), (size, alpha) => {
        const variance = varianceNeeded({ effect: size, alpha, power: 0.8 })
        expect(powerAt(variance, { effect: size, alpha })).toBeCloseTo(0.8, 3)
        expect(varianceNeeded({ effect: size / 2, alpha, power: 0.8 })).toBeLessThan(variance)
        const options = { alpha, scale: size }
        expect(sequentialRadius(variance / 2, options)).toBeLessThan(sequentialRadius(variance, options))
      }),
    )
  })
})
