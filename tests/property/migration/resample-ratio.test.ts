import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mean } from '#lib/costs/robust-statistics'
import { resampleRatio } from '#lib/migration/resample-ratio'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'

const value = fc.double({ min: 0.1, max: 1_000, noNaN: true })
const pairs = fc.array(fc.record({ baseline: value, candidate: value }), { minLength: 1, maxLength: 30 })

it('a resampled ratio is the same for the same seed, within the extremes of single pairs', () => {
  fc.assert(
    fc.property(pairs, fc.nat(), (values, seed) => {
      const options = { statistic: mean, alpha: 0.05, seed, rounds: 100 }
      const found = resampleRatio(values, options)
      expect(resampleRatio(values, options)).toEqual(found)
      const ratios = values.map(({ baseline, candidate }) => candidate / baseline)
      const slack = 1e-9
      expect(found?.interval.lower).toBeGreaterThanOrEqual(Math.min(...ratios) * (1 - slack))
      expect(found?.interval.upper).toBeLessThanOrEqual(Math.max(...ratios) * (1 + slack))
      expect(found?.interval.lower).toBeLessThanOrEqual(found?.interval.upper ?? Number.NaN)
    }),
    { numRuns: 50 },
  )
})

it('its interval of 95 % holds the true ratio in about 95 of a hundred sets', () => {
  const random = createSeededRandom(7)
  const draw = () => 100 - 60 * Math.log(1 - random.next())
  const sets = 200
  const held = Array.from({ length: sets }, (_, seed) => {
    const values = Array.from({ length: 80 }, () => ({ baseline: draw(), candidate: 1.2 * draw() }))
    const { lower = 0, upper = 0 } =
      resampleRatio(values, { statistic: mean, alpha: 0.05, seed, rounds: 400 })?.interval ?? {}
    return lower <= 1.2 && upper >= 1.2
  }).filter(Boolean).length
  expect(held / sets).toBeGreaterThan(0.9)
  expect(held / sets).toBeLessThan(0.99)
})

it('there is no ratio without pairs, or against nothing', () => {
  const options = { statistic: mean, alpha: 0.05, seed: 1 }
  expect(resampleRatio([], options)).toBeNull()
  expect(resampleRatio([{ baseline: 0, candidate: 1 }], options)).toBeNull()
})
