import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OpenAdmission } from '#server/resilience/admit-call'
import { type BreakerWorld, breakerWorld } from '#tests/support/breaker-worlds'

const policy = {
  errorRatio: 0.5,
  windowMs: 10_000,
  minimumCalls: 3,
  openForMs: 4_000,
  openForMaxMs: 32_000,
  growAfterReopenings: 2,
  probes: 2,
  goodProbes: 3,
}
const sliceMs = policy.windowMs / 10
const id = 'a'

/** What a breaker should be, kept as plainly as can be: every call, and what follows from all of them. */
interface Model {
  phase: 'closed' | 'open' | 'half_open'
  calls: { atMs: number; good: boolean }[]
  retryAtMs: number
  reopenings: number
  goodProbes: number
  epoch: number
  flights: { probe: boolean; epoch: number }[]
}

interface Real {
  world: BreakerWorld
  flights: OpenAdmission[]
}

const probesOut = ({ flights }: Model) => flights.filter(({ probe }) => probe).length

function mayGo(model: Model, nowMs: number): 'plain' | 'probe' | 'no' {
  if (model.phase === 'closed') return 'plain'
  if (model.phase === 'open' && nowMs < model.retryAtMs) return 'no'
  return probesOut(model) < policy.probes ? 'probe' : 'no'
}

function open(model: Model, nowMs: number): void {
  model.reopenings = model.phase === 'half_open' ? model.reopenings + 1 : 0
  const doublings = Math.max(0, model.reopenings - policy.growAfterReopenings)
  model.retryAtMs = nowMs + Math.min(policy.openForMaxMs, policy.openForMs * 2 ** doublings)
  move(model, 'open')
}

function move(model: Model, phase: Model['phase']): void {
  model.phase = phase
  model.epoch += 1
  model.calls = []
  model.goodProbes = 0
}

const call: fc.Command<Model, Real> = {
  check: () => true,
  run(model, real) {
    const { world } = real
    const expected = mayGo(model, world.clock.nowMs)
    expect(world.isBlocked(id)).toBe(expected === 'no')
    const admission = world.admit(id)
    expect(admission !== null).toBe(expected !== 'no')
    if (!admission) return
    expect(admission.probes.includes('health')).toBe(expected === 'probe')
    if (expected === 'probe' && model.phase === 'open') move(model, 'half_open')
    model.flights.push({ probe: expected === 'probe', epoch: model.epoch })
    real.flights.push(admission)
    agree(model, real)
  },
  toString: () => 'call',
}

const end = (place: number, how: 'good' | 'bad' | 'full'): fc.Command<Model, Real> => ({
  check: (model) => model.flights.length > 0,
  run(model, real) {
    const index = place % model.flights.length
    const [flight] = model.flights.splice(index, 1)
    const [admission] = real.flights.splice(index, 1)
    if (!flight || !admission) throw new Error('no flight')
    real.world.end(admission, how)
    if (flight.epoch === model.epoch && how !== 'full')
      settle(model, { ...flight, nowMs: real.world.clock.nowMs, good: how === 'good' })
    agree(model, real)
  },
  toString: () => `end ${place} ${how}`,
})

function settle(
  model: Model,
  { probe, nowMs, good }: { probe: boolean; nowMs: number; good: boolean },
): void {
  if (model.phase === 'closed') {
    model.calls.push({ atMs: nowMs, good })
    const newest = Math.floor(nowMs / sliceMs)
    const recent = model.calls.filter(({ atMs }) => Math.floor(atMs / sliceMs) > newest - 10)
    const failed = recent.filter((call) => !call.good).length
    if (!good && recent.length >= policy.minimumCalls && failed / recent.length > policy.errorRatio)
      open(model, nowMs)
  } else if (model.phase === 'half_open' && probe && !good) {
    open(model, nowMs)
  } else if (model.phase === 'half_open' && probe) {
    model.goodProbes += 1
    if (model.goodProbes === policy.goodProbes) {
      model.reopenings = 0
      move(model, 'closed')
    }
  }
}

const wait = (ms: number): fc.Command<Model, Real> => ({
  check: () => true,
  run(_model, real) {
    real.world.clock.nowMs += ms
  },
  toString: () => `wait ${ms}`,
})

function agree(model: Model, { world }: Real): void {
  expect(world.phase(id)).toBe(model.phase)
  if (model.phase === 'open') expect(world.retryAtMs(id)).toBe(model.retryAtMs)
}

const commands = (ends: fc.Arbitrary<'good' | 'bad' | 'full'>) =>
  fc.commands(
    [
      fc.constant(call),
      fc.tuple(fc.nat(9), ends).map(([place, how]) => end(place, how)),
      fc.integer({ min: 1, max: 6_000 }).map(wait),
    ],
    { size: 'large', maxCommands: 150 },
  )

function play(ends: fc.Arbitrary<'good' | 'bad' | 'full'>): void {
  fc.assert(
    fc.property(commands(ends), (steps) => {
      fc.modelRun(
        () => ({
          model: {
            phase: 'closed' as const,
            calls: [],
            retryAtMs: 0,
            reopenings: 0,
            goodProbes: 0,
            epoch: 0,
            flights: [],
          },
          real: { world: breakerWorld([id], policy), flights: [] },
        }),
        steps,
      )
    }),
    { numRuns: 300 },
  )
}

describe('a circuit breaker', () => {
  it('P19 P21 P22 opens above the ratio, lets bounded probes through and closes after enough good ones, as its model does', () => {
    play(fc.constantFrom('good', 'bad', 'full'))
  })

  it('P19 P21 P22 and so it does when almost everything fails, or almost nothing', () => {
    play(
      fc.oneof({ weight: 6, arbitrary: fc.constant('bad') }, { weight: 1, arbitrary: fc.constant('good') }),
    )
    play(
      fc.oneof({ weight: 1, arbitrary: fc.constant('bad') }, { weight: 6, arbitrary: fc.constant('good') }),
    )
  })

  it('P19 opens exactly when more than half of at least three calls failed, and then lets nothing through', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (results) => {
        const world = breakerWorld([id], { openForMs: 60_000 })
        let good = 0
        let bad = 0
        for (const isGood of results) {
          const admission = world.admit(id)
          if (!admission) throw new Error('closed breakers let everything through')
          world.end(admission, isGood ? 'good' : 'bad')
          if (isGood) good += 1
          else bad += 1
          const shouldOpen = !isGood && good + bad >= 3 && bad / (good + bad) > 0.5
          expect(world.phase(id)).toBe(shouldOpen ? 'open' : 'closed')
          if (!shouldOpen) continue
          expect(world.admit(id)).toBeNull()
          expect(world.isBlocked(id)).toBe(true)
          return
        }
      }),
    )
  })

  it('P19 names the requests that opened it, oldest first, at most twenty', () => {
    const world = breakerWorld([id], { minimumCalls: 30 })
    const admissions = Array.from({ length: 30 }, () => world.admit(id))
    for (const admission of admissions) if (admission) world.end(admission, 'bad')
    const [opened] = world.transitions
    expect(opened?.evidence.map(({ requestId }) => requestId)).toEqual(
      Array.from({ length: 20 }, (_, index) => `req_${index + 11}`),
    )
    expect(opened?.to.reason).toBe('30 of 30 calls failed in 30 s (server_error)')
  })

  it('P22 ignores late results of calls that an older state let through', () => {
    const world = breakerWorld([id], { goodProbes: 1 })
    const flights = Array.from({ length: 6 }, () => world.admit(id)).filter((one) => one !== null)
    for (const flight of flights.slice(0, 3)) world.end(flight, 'bad')
    expect(world.phase(id)).toBe('open')
    world.clock.nowMs += 15_000
    const probe = world.admit(id)
    for (const flight of flights.slice(3, 5)) world.end(flight, 'bad')
    expect(world.phase(id)).toBe('half_open')
    if (probe) world.end(probe, 'good')
    expect(world.phase(id)).toBe('closed')
    for (const flight of flights.slice(5)) world.end(flight, 'bad')
    expect(world.phase(id)).toBe('closed')
  })
})
