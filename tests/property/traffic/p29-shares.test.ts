import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignVariant, experimentProblems } from '#lib/experiments/assign-variant'
import { bucketOf } from '#lib/gateway/hash-unit'
import { pickShare, type Share, shareProblems } from '#lib/traffic/pick-share'

const weights = fc
  .array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 5 })
  .map((parts): Share[] => {
    const total = parts.reduce((sum, part) => sum + part, 0)
    const shares = parts.map((part, index) => ({
      name: `v${index}`,
      weightBps: Math.floor((part / total) * 10_000),
    }))
    const rest = 10_000 - shares.reduce((sum, { weightBps }) => sum + weightBps, 0)
    return shares.map((share, index) =>
      index === 0 ? { ...share, weightBps: share.weightBps + rest } : share,
    )
  })
const salt = fc.string({ minLength: 1, maxLength: 12 })
const unit = fc.string({ minLength: 1, maxLength: 24 })

describe('P29 shares', () => {
  it.each([
    ['seed', 'a', 0.0505],
    ['seed', 'b', 0.2696],
    ['foo', 'ab', 0.2575],
    ['foo', 'def', 0.2019],
    ['89123klj', '8952klfjas09ujkasdf', 0.124],
    ['90850943850283058242805', '123', 0.7516],
    ['()**(%$##$%#$#', '___)((*":&', 0.0128],
  ])('P29 bucket as GrowthBook’s hash version 2 publishes it: %s, %s → %f', (seed, value, place) => {
    expect(bucketOf(seed, value)).toBe(Math.round(place * 10_000))
  })

  it('P29 200,000 units split as configured (χ² over ten shares at p = 0.001), whatever the salt', () => {
    const shares = [500, 500, 1_000, 1_500, 500, 2_000, 1_000, 1_000, 1_000, 1_000].map(
      (weightBps, index) => ({
        name: `v${index}`,
        weightBps,
      }),
    )
    for (const salt of ['rollout rol_1', 'experiment exp_2', 'x']) {
      const seen = new Map<string, number>()
      for (let index = 0; index < 200_000; index += 1) {
        const name = pickShare(shares, { salt, unit: `creator_${index}` })
        seen.set(name, (seen.get(name) ?? 0) + 1)
      }
      const chiSquare = shares.reduce((sum, { name, weightBps }) => {
        const expected = (200_000 * weightBps) / 10_000
        return sum + ((seen.get(name) ?? 0) - expected) ** 2 / expected
      }, 0)
      expect(chiSquare).toBeLessThan(27.88)
    }
  })

  it('P29 are deterministic, and whoever was in the canary stays in it when its weight is raised', () => {
    fc.assert(
      fc.property(salt, unit, fc.nat(10_000), fc.nat(10_000), (salt, unit, one, two) => {
        const pick = (weightBps: number) =>
          pickShare(
            [
              { name: 'canary', weightBps },
              { name: 'baseline', weightBps: 10_000 - weightBps },
            ],
            { salt, unit },
          )
        const [low, high] = [Math.min(one, two), Math.max(one, two)]
        expect(pick(low)).toBe(pick(low))
        if (pick(low) === 'canary') expect(pick(high)).toBe('canary')
        expect(pick(0)).toBe('baseline')
        expect(pick(10_000)).toBe('canary')
      }),
    )
  })

  it('P29 of different splits are independent of each other', () => {
    let both = 0
    const half = [
      { name: 'a', weightBps: 5_000 },
      { name: 'b', weightBps: 5_000 },
    ]
    for (let index = 0; index < 20_000; index += 1) {
      const unit = `creator_${index}`
      if (pickShare(half, { salt: 'one', unit }) === pickShare(half, { salt: 'two', unit })) both += 1
    }
    expect(Math.abs(both / 20_000 - 0.5)).toBeLessThan(0.02)
  })

  it('whose weights do not sum to 100 %, or stand twice, are refused with the field', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 500 }), (shares, extra) => {
        expect(shareProblems(shares, 'variants')).toEqual([])
        const more = shares.map((share, index) =>
          index === 0 ? { ...share, weightBps: share.weightBps + extra } : share,
        )
        expect(shareProblems(more, 'variants').map(({ field }) => field)).toEqual(['variants'])
      }),
    )
    const twice = [
      { name: 'a', weightBps: 5_000 },
      { name: 'a', weightBps: 5_000 },
    ]
    expect(shareProblems(twice, 'variants')).toEqual([
      { field: 'variants[1].name', text: '"a" stands twice' },
    ])
    expect(shareProblems([{ name: 'a', weightBps: 0.5 }], 'v').map(({ field }) => field)).toEqual([
      'v[0].weightBps',
      'v',
    ])
  })
})

describe('experiments of one exclusive group', () => {
  const halves = [
    { name: 'a', weightBps: 5_000 },
    { name: 'b', weightBps: 5_000 },
  ]

  it('never share a unit', () => {
    const ranges = fc
      .tuple(fc.nat(9_998), fc.nat(9_998))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const)
    fc.assert(
      fc.property(ranges, unit, ([from, cut], unit) => {
        const first = { id: 'exp_1', variants: halves, exclusive: { group: 'g', from, to: cut } }
        const second = { id: 'exp_2', variants: halves, exclusive: { group: 'g', from: cut, to: 10_000 } }
        expect(experimentProblems(second, [first])).toEqual([])
        const seen = [assignVariant(first, unit), assignVariant(second, unit)].filter((one) => one !== null)
        expect(seen.length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('are refused, with the field, when they overlap; others are not', () => {
    const running = { id: 'exp_1', variants: halves, exclusive: { group: 'g', from: 0, to: 5_000 } }
    const wanted = { id: 'exp_2', variants: halves, exclusive: { group: 'g', from: 4_999, to: 10_000 } }
    expect(experimentProblems(wanted, [running])).toEqual([
      { field: 'exclusive', text: 'overlaps 0 to 5000 of exp_1 in group g' },
    ])
    const elsewhere = { ...wanted, exclusive: { ...wanted.exclusive, group: 'h' } }
    expect(experimentProblems(elsewhere, [running])).toEqual([])
    expect(experimentProblems({ ...wanted, exclusive: { group: 'g', from: 5, to: 5 } }, [])).toHaveLength(1)
    expect(
      experimentProblems({ ...wanted, exclusive: null, variants: [] }, []).map(({ field }) => field),
    ).toEqual(['variants', 'variants'])
  })
})
