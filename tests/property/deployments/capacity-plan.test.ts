import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CapacityMinute, CapacityObservation } from '#lib/deployments/capacity-observation'
import { type ScalingPolicy, scalingSchema } from '#lib/deployments/capacity-scaling'
import { type CapacitySizes, isSize } from '#lib/deployments/capacity-sizes'
import { minutesSinceChange } from '#lib/deployments/capacity-wish'
import { aMinute, anObservation, minuteMs, planOf, startMs, unitsAfter } from '#tests/support/capacity-worlds'

const sizes = fc.constantFrom<CapacitySizes>(
  { minimum: 1, step: 1 },
  { minimum: 50, step: 50 },
  { minimum: 25, step: 25 },
  { minimum: 15, step: 5 },
)

/** Rules that the catalog would take, with short looks back so that runs stay short. */
const policies = fc
  .record({
    upAbove: fc.double({ min: 0.2, max: 1, noNaN: true }),
    downShare: fc.double({ min: 0, max: 0.95, noNaN: true }),
    upForMs: fc.integer({ min: 1, max: 8 }).map((minutes) => minutes * minuteMs),
    downForMs: fc.integer({ min: 1, max: 20 }).map((minutes) => minutes * minuteMs),
    upBy: fc.double({ min: 0.01, max: 4, noNaN: true }),
    downBy: fc.double({ min: 0.01, max: 0.95, noNaN: true }),
    upCoolDownMs: fc.integer({ min: 1, max: 20 }).map((minutes) => minutes * minuteMs),
    downCoolDownMs: fc.integer({ min: 1, max: 40 }).map((minutes) => minutes * minuteMs),
    rateLimitedAbove: fc.double({ min: 0, max: 0.5, noNaN: true }),
    bounds: fc.option(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 400 }))),
  })
  .map(({ downShare, bounds, ...rules }) =>
    scalingSchema.parse({
      ...rules,
      downBelow: rules.upAbove * downShare,
      ...(bounds ? { minUnits: bounds[0], maxUnits: bounds[0] + bounds[1] } : {}),
    }),
  )

const share = fc.oneof(
  fc.double({ min: 0, max: 0.3, noNaN: true }),
  fc.double({ min: 0, max: 1.5, noNaN: true }),
)
/** Tokens and requests as shares of the limits. */
const minute = fc.record({
  tokens: share,
  requests: share,
  rateLimited: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 50 })),
  ptuUtilization: fc.option(share, { freq: 8 }),
})
/** Any minutes, or one kind of minute for long, or quiet and then busy: what rules react to. */
const minutes = fc.oneof(
  fc.array(minute, { maxLength: 30 }),
  fc
    .tuple(minute, fc.integer({ min: 1, max: 30 }))
    .map(([one, count]) => Array.from({ length: count }, () => one)),
  fc
    .tuple(minute, minute, fc.nat(25), fc.nat(10))
    .map(([first, then, before, after]) => [
      ...Array.from({ length: before }, () => first),
      ...Array.from({ length: after }, () => then),
    ]),
)

const observations = fc
  .record({
    unit: fc.constantFrom<'kTPM' | 'PTU'>('kTPM', 'PTU'),
    currentUnits: fc.integer({ min: 1, max: 500 }),
    sizes,
    minutes,
    lastChange: fc.option(fc.integer({ min: 0, max: 60 }).map((ago) => ({ atMs: startMs - ago * minuteMs }))),
    standbyUnits: fc.option(fc.integer({ min: 1, max: 500 })),
    dismissed: fc.option(
      fc.record({
        direction: fc.constantFrom<'up' | 'down'>('up', 'down'),
        atMs: fc.integer({ min: 0, max: 60 }).map((ago) => startMs - ago * minuteMs),
      }),
    ),
  })
  .map((parts) => {
    const [tokensPerMinute, requestsPerMinute] = [parts.currentUnits * 1_000, parts.currentUnits * 6]
    const scaled = parts.minutes.map((shares) => ({
      ...shares,
      tokens: Math.round(shares.tokens * tokensPerMinute),
      requests: Math.round(shares.requests * requestsPerMinute),
    }))
    return anObservation({ ...parts, tokensPerMinute, requestsPerMinute, minutes: scaled })
  })

describe('a capacity plan', () => {
  it('recommends only sizes that exist, within the bounds, and away from the present one as it says', () => {
    fc.assert(
      fc.property(observations, policies, (observation, policy) => {
        const { verdict, recommendedUnits, reason } = planOf(observation, policy)
        expect(reason).not.toBe('')
        expect(recommendedUnits === null).toBe(verdict !== 'scale_up' && verdict !== 'scale_down')
        if (recommendedUnits === null) return
        expect(observation.sizes && isSize(recommendedUnits, observation.sizes)).toBe(true)
        expect(recommendedUnits).toBeGreaterThanOrEqual(policy.minUnits ?? 1)
        expect(recommendedUnits).toBeLessThanOrEqual(policy.maxUnits ?? 1_000_000)
        expect(Math.sign(recommendedUnits - (observation.currentUnits ?? 0))).toBe(
          verdict === 'scale_up' ? 1 : -1,
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('never wants less capacity for more load', () => {
    const more = fc.array(
      fc.record({
        tokens: fc.nat(100_000),
        rateLimited: fc.nat(40),
        ptu: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      {
        minLength: 30,
        maxLength: 30,
      },
    )
    fc.assert(
      fc.property(observations, policies, more, (observation, policy, extra) => {
        const heavier = observation.minutes.map((minute, index) => ({
          ...minute,
          tokens: minute.tokens + (extra[index]?.tokens ?? 0),
          rateLimited: minute.rateLimited + (extra[index]?.rateLimited ?? 0),
          ptuUtilization:
            minute.ptuUtilization === null ? null : minute.ptuUtilization + (extra[index]?.ptu ?? 0),
        }))
        const light = unitsAfter(planOf(observation, policy))
        const heavy = unitsAfter(planOf({ ...observation, minutes: heavier }, policy))
        expect(Number(heavy)).toBeGreaterThanOrEqual(Number(light))
      }),
      { numRuns: 2_000 },
    )
  })

  it('says unknown, and no number, where capacity, sizes or load are not known', () => {
    const unknowns = fc.constantFrom<Partial<CapacityObservation>>(
      { currentUnits: null },
      { sizes: null },
      { minutes: [] },
      { tokensPerMinute: null, requestsPerMinute: null, unit: 'kTPM' },
      { unit: 'PTU', minutes: [aMinute({ requests: 5, tokens: 9_000_000, rateLimited: 5 })] },
    )
    fc.assert(
      fc.property(observations, policies, unknowns, (observation, policy, unknown) => {
        const line = planOf({ ...observation, ...unknown }, policy)
        expect(line).toMatchObject({ verdict: 'unknown', recommendedUnits: null })
        if (!('currentUnits' in unknown || 'sizes' in unknown)) expect(line.utilization).toBeNull()
      }),
    )
  })
})

interface World {
  units: number
  policy: ScalingPolicy
  sizes: CapacitySizes
  unit: 'kTPM' | 'PTU'
}

interface Change {
  atMs: number
  direction: 'up' | 'down'
}

/**
 * Lives through the minutes of a load (in thousand tokens a minute) and follows the plan whenever `follows` says so:
 * an operator who is asleep, a deployment that takes its time.
 */
function live({
  world,
  load,
  follows,
}: {
  world: World
  load: readonly number[]
  follows: (minute: number) => boolean
}): Change[] {
  const { policy, sizes: comesIn, unit } = world
  let units = world.units
  const changes: Change[] = []
  const past: CapacityMinute[] = []
  for (const [index, kTokens] of load.entries()) {
    past.push(
      aMinute({
        tokens: kTokens * 1_000,
        requests: kTokens > 0 ? 1 : 0,
        ptuUtilization: unit === 'PTU' ? kTokens / units : null,
      }),
    )
    const nowMs = startMs + (index + 1) * minuteMs
    const observation = anObservation({
      unit,
      currentUnits: units,
      sizes: comesIn,
      tokensPerMinute: unit === 'PTU' ? null : units * 1_000,
      requestsPerMinute: null,
      minutes: past.slice(-60),
      lastChange: changes.at(-1) ?? null,
    })
    const { recommendedUnits } = planOf(observation, policy, nowMs)
    if (recommendedUnits === null || !follows(index)) continue
    changes.push({ atMs: nowMs, direction: recommendedUnits > units ? 'up' : 'down' })
    units = recommendedUnits
  }
  return changes
}

const worlds = fc.record({
  units: fc.integer({ min: 1, max: 400 }),
  policy: policies,
  sizes,
  unit: fc.constantFrom<'kTPM' | 'PTU'>('kTPM', 'PTU'),
})

describe('following the plan', () => {
  it('keeps the cool-downs under any load and however late it is followed, so it never turns round within one', () => {
    const load = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 40, maxLength: 150 })
    const bursts = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 40 })), {
        minLength: 3,
        maxLength: 6,
      })
      .map((parts) => parts.flatMap(([height, length]) => new Array<number>(length).fill(height)))
    const awake = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(worlds, fc.oneof(load, bursts), awake, (world, given, pattern) => {
        const changes = live({
          world,
          load: given,
          follows: (minute) => pattern[minute % pattern.length] ?? true,
        })
        for (const [index, change] of changes.entries()) {
          const before = changes[index - 1]
          if (!before) continue
          const { upCoolDownMs, downCoolDownMs } = world.policy
          const coolDownMs = change.direction === 'up' ? upCoolDownMs : downCoolDownMs
          expect(change.atMs - before.atMs).toBeGreaterThanOrEqual(coolDownMs)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('does not oscillate: under a constant load nothing grows again after it has shrunk', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 0, max: 500 }), (world, height) => {
        const changes = live({ world, load: new Array<number>(600).fill(height), follows: () => true })
        const firstDown = changes.findIndex(({ direction }) => direction === 'down')
        const after = firstDown < 0 ? [] : changes.slice(firstDown)
        expect(after.every(({ direction }) => direction === 'down')).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('shrinks never so far that the load of the quiet time itself would make it grow', () => {
    fc.assert(
      fc.property(observations, policies, (observation, policy) => {
        const { recommendedUnits, verdict } = planOf(observation, policy)
        if (verdict !== 'scale_down' || recommendedUnits === null || observation.currentUnits === null) return
        const scale = observation.currentUnits / recommendedUnits
        const shrunk = anObservation({
          ...observation,
          currentUnits: recommendedUnits,
          tokensPerMinute: recommendedUnits * 1_000,
          requestsPerMinute: recommendedUnits * 6,
          lastChange: null,
          dismissed: null,
          // What came before the last change was another size's load, and no part of the quiet time.
          minutes: minutesSinceChange(observation, startMs).map((minute) => ({
            ...minute,
            ptuUtilization: minute.ptuUtilization === null ? null : minute.ptuUtilization * scale,
          })),
        })
        expect(planOf(shrunk, policy).verdict).not.toBe('scale_up')
      }),
      { numRuns: 3_000 },
    )
  })
})
