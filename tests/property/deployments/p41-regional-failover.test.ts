import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { advanceRegion, noteProbe } from '#lib/deployments/region-state'
import type { Failure } from '#lib/gateway/failure'
import { planRoute } from '#lib/gateway/plan-route'
import { createRegionRegistry } from '#server/deployments/region-registry'
import { anyone, calmSnapshot } from '#tests/support/route-snapshots'

const health = { healthyForMs: 60_000, stepMs: 30_000, stepsBps: [1_000, 2_500, 5_000], probeEveryMs: 5_000 }
const parsed = parseCatalog({
  regions: [
    { name: 'westeurope', endpoint: 'https://we.example.com', role: 'primary', health },
    { name: 'northeurope', endpoint: 'https://ne.example.com', role: 'dr', health },
  ],
  deployments: ['we-a', 'we-b', 'ne-a', 'ne-b'].map((id) => ({
    id,
    region: id.startsWith('we') ? 'westeurope' : 'northeurope',
    deployment: id,
    model: 'gpt-4',
  })),
  tiers: { t: { chain: ['we-a', 'we-b', 'ne-a', 'ne-b'] } },
})
if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
const { catalog } = parsed
const policy = catalog.data.regions[0]?.health
if (!policy) throw new Error('no policy')

const broken = { class: 'server_error' } as Failure

/** Both regions on a clock of the test's, probed and advanced as the keeper does, with what each probe would see. */
function world() {
  const clock = { nowMs: 1_000_000 }
  const moves: { region: string; phase: string; admittedBps: number; atMs: number }[] = []
  const registry = createRegionRegistry({
    catalog: () => catalog,
    instanceId: 'ins_1',
    nowMs: () => clock.nowMs,
    onMove: ({ region, to: { phase, admittedBps } }) =>
      void moves.push({ region, phase, admittedBps, atMs: clock.nowMs }),
    onAdopted: () => undefined,
  })
  const west = registry.get('westeurope')
  if (!west) throw new Error('no region')
  let requests = 0
  const route = (): string => {
    requests += 1
    const decision = planRoute(
      {
        kind: 'chat',
        model: 't',
        stream: false,
        maxOutputTokens: null,
        temperature: null,
        ...anyone,
        requestId: `req_${requests}`,
      },
      { ...calmSnapshot(catalog), nowMs: clock.nowMs, regions: registry.admissions() },
    )
    if (!decision.ok) throw new Error(decision.message)
    return decision.plan.candidates[0]?.deploymentId ?? ''
  }
  const keep = (isUp: boolean, ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.nowMs += 1_000
      if (clock.nowMs % 5_000 === 0) registry.move(west, noteProbe(west.state, isUp, clock.nowMs))
      registry.move(west, advanceRegion(west.state, policy as NonNullable<typeof policy>, clock.nowMs))
    }
  }
  const goDark = () => {
    for (let call = 0; call < 6; call += 1) registry.sawAttempt(call % 2 ? 'we-a' : 'we-b', broken)
  }
  return { clock, moves, registry, west, route, keep, goDark }
}

const shareOf = (route: () => string, count: number) =>
  Array.from({ length: count }, route).filter((id) => id.startsWith('we')).length / count

describe('regional fail-over', () => {
  it('P41 a dark region is left without anybody, and taken back gradually after it was healthy long enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 50 }), (darkS, flickerS) => {
        const { registry, route, keep, goDark, west, moves } = world()
        expect(route()).toBe('we-a')
        goDark()
        expect(west.state.phase).toBe('dark')
        expect(route()).toBe('ne-a')
        keep(false, darkS * 1_000)
        expect(shareOf(route, 20)).toBe(0)
        // A flicker of health shorter than the hysteresis brings nothing back.
        keep(true, flickerS * 1_000)
        keep(false, 6_000)
        expect([west.state.phase, shareOf(route, 20)]).toEqual(['dark', 0])
        const healthyFrom = moves.length
        keep(true, 65_000 + 3 * 30_000 + 2_000)
        const back = moves.slice(healthyFrom).filter(({ phase }) => phase !== 'dark')
        expect(back.map(({ phase, admittedBps }) => [phase, admittedBps])).toEqual([
          ['recovering', 1_000],
          ['recovering', 2_500],
          ['recovering', 5_000],
          ['serving', 10_000],
        ])
        for (const [index, { atMs }] of back.entries()) {
          const before = back[index - 1]
          if (before) expect(atMs - before.atMs).toBe(30_000)
        }
        expect(registry.admissions().size).toBe(0)
        expect(route()).toBe('we-a')
      }),
      { numRuns: 60 },
    )
  })

  it('P41 on the way back it takes about its share, and whoever was taken stays taken', () => {
    const { route, keep, goDark, west } = world()
    goDark()
    keep(true, 65_000)
    expect(west.state.admittedBps).toBe(1_000)
    expect(shareOf(route, 2_000)).toBeCloseTo(0.1, 1)
    keep(true, 60_000)
    expect(west.state.admittedBps).toBe(5_000)
    expect(shareOf(route, 2_000)).toBeCloseTo(0.5, 1)
  })

  it('P41 a region that fails on its way back is dark again at once', () => {
    const { route, keep, goDark, west } = world()
    goDark()
    keep(true, 65_000)
    expect(west.state.phase).toBe('recovering')
    goDark()
    expect([west.state.phase, shareOf(route, 20)]).toEqual(['dark', 0])
  })

  it('P41 one sick deployment, full ones, or callers’ mistakes make no dark region', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom('we-a', 'we-b'),
            fc.constantFrom('rate_limited', 'content_filter', 'invalid_request', 'not_found', 'cancelled'),
          ),
          { maxLength: 60 },
        ),
        (calls) => {
          const { registry, west, route } = world()
          for (const [id, failureClass] of calls) {
            registry.sawAttempt(id, { class: failureClass } as Failure)
            registry.sawAttempt('we-a', broken)
          }
          for (let call = 0; call < 40; call += 1) registry.sawAttempt('we-a', broken)
          expect([west.state.phase, route()]).toEqual(['serving', 'we-a'])
        },
      ),
    )
  })

  it('P41 a region that answers anything within the window is not dark', () => {
    const { registry, west } = world()
    for (let call = 0; call < 5; call += 1) registry.sawAttempt(call % 2 ? 'we-a' : 'we-b', broken)
    registry.sawAttempt('we-b', null)
    for (let call = 0; call < 5; call += 1) registry.sawAttempt(call % 2 ? 'we-a' : 'we-b', broken)
    expect(west.state.phase).toBe('serving')
  })
})
