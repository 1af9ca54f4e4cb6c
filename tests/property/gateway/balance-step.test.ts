import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { type BalancedMember, balanceStep, type DeploymentLoad } from '#lib/gateway/balance-step'
import { planRoute, type RouteRequest } from '#lib/gateway/plan-route'
import { anyone, calmSnapshot } from '#tests/support/route-snapshots'

const idle: DeploymentLoad = { inFlight: 0, headroom: null, latencyMs: null }
const members = (...weights: number[]): BalancedMember[] =>
  weights.map((weight, index) => ({ deploymentId: `d${index}`, weight, provisioned: false }))
const draws = Array.from({ length: 4_000 }, (_, index) => ((index * 0.618_033_988_75) % 1) * 0.999_999)

function shares(of: readonly BalancedMember[], loads: Readonly<Record<string, DeploymentLoad>> = {}) {
  const firsts = draws.map(
    (random) =>
      balanceStep(of, { loadOf: (id) => loads[id] ?? idle, random, session: null })[0]?.deploymentId,
  )
  return of.map(({ deploymentId }) => firsts.filter((id) => id === deploymentId).length / draws.length)
}

describe('balancing within a step', () => {
  it('permutes its members and loses none, whatever their load', () => {
    const load = fc.record({
      inFlight: fc.nat(500),
      headroom: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
      latencyMs: fc.option(fc.double({ min: 0, max: 60_000, noNaN: true }), { nil: null }),
    })
    const step = fc.array(
      fc.record({ weight: fc.double({ min: 0.01, max: 100, noNaN: true }), provisioned: fc.boolean(), load }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(
        step,
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        fc.option(fc.string(), { nil: null }),
        (given, random, session) => {
          const of = given.map(({ weight, provisioned }, index) => ({
            deploymentId: `d${index}`,
            weight,
            provisioned,
          }))
          const loadOf = (id: string) => given[Number(id.slice(1))]?.load ?? idle
          const ordered = balanceStep(of, { loadOf, random, session }).map(({ deploymentId }) => deploymentId)
          expect([...ordered].sort()).toEqual(of.map(({ deploymentId }) => deploymentId).sort())
          const paid = ordered.map((id) => given[Number(id.slice(1))]?.provisioned)
          expect(paid).toEqual([...paid].sort((a, b) => Number(b) - Number(a)))
        },
      ),
    )
  })

  it('follows the weights of idle members', () => {
    const [heavy = 0, light = 0] = shares(members(1.5, 0.5))
    expect(heavy).toBeCloseTo(0.75, 1)
    expect(light).toBeCloseTo(0.25, 1)
    for (const share of shares(members(1, 1, 1, 1))) expect(share).toBeCloseTo(0.25, 1)
  })

  it('prefers the less loaded, the one with more of its limit left, and the faster, without starving the other', () => {
    const worse: DeploymentLoad[] = [
      { inFlight: 40, headroom: null, latencyMs: null },
      { inFlight: 0, headroom: 0.05, latencyMs: null },
      { inFlight: 0, headroom: null, latencyMs: 4_000 },
    ]
    for (const load of worse) {
      const good = {
        ...idle,
        headroom: load.headroom === null ? null : 0.9,
        latencyMs: load.latencyMs && 500,
      }
      const [better = 0, other = 0] = shares(members(1, 1), { d0: good, d1: load })
      expect(better).toBeGreaterThan(0.65)
      expect(other).toBeGreaterThan(0.05)
    }
  })

  it('does not let noise decide: nearly equal latencies share evenly', () => {
    const loads = { d0: { ...idle, latencyMs: 100 }, d1: { ...idle, latencyMs: 115 } }
    expect(shares(members(1, 1), loads)[0]).toBeCloseTo(0.5, 1)
  })

  it('keeps a session at its member, and losing a member moves only its sessions', () => {
    const of = members(1, 1, 2, 1)
    const sessions = Array.from({ length: 2_000 }, (_, index) => `session ${index}`)
    const owner = (some: readonly BalancedMember[], session: string) =>
      balanceStep(some, { loadOf: () => idle, random: 0.3, session })[0]?.deploymentId
    const before = sessions.map((session) => owner(of, session))
    for (const gone of of) {
      const left = of.filter((member) => member !== gone)
      const after = sessions.map((session) => owner(left, session))
      for (const [index, was] of before.entries()) {
        if (was !== gone.deploymentId) expect(after[index]).toBe(was)
      }
    }
    const heavy = before.filter((id) => id === 'd2').length / sessions.length
    expect(heavy).toBeCloseTo(0.4, 1)
  })
})

const catalogOf = (regions: readonly string[], chain: (string | string[])[]) => {
  const parsed = parseCatalog({
    regions: [...new Set(regions)].map((name) => ({ name, endpoint: `https://${name}.example.com` })),
    deployments: regions.map((region, index) => ({
      id: `d${index}`,
      region,
      deployment: `d${index}`,
      model: 'gpt-4',
    })),
    tiers: { t: { chain } },
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.catalog
}
const request: RouteRequest = {
  kind: 'chat',
  model: 't',
  stream: false,
  maxOutputTokens: null,
  temperature: null,
  ...anyone,
}

describe('regions of a request', () => {
  const placed = fc.array(fc.constantFrom('west', 'north', 'east'), { minLength: 1, maxLength: 6 })

  it('never leaves a required region, and says so where it has no deployment', () => {
    fc.assert(
      fc.property(
        placed,
        fc.constantFrom('west', 'north', 'east', 'nowhere'),
        fc.nat(5),
        (regions, region, out) => {
          const ids = regions.map((_, index) => `d${index}`)
          const decision = planRoute(
            { ...request, region: { region, mode: 'require', by: 'key' } },
            {
              ...calmSnapshot(catalogOf(regions, ids)),
              drained: new Map([[`d${out}`, { reason: 'maintenance' }]]),
              regions: new Map([['west', { phase: 'dark', admittedBps: 0, reason: 'no answer' }]]),
            },
          )
          const inside = ids.filter((_, index) => regions[index] === region)
          if (!decision.ok) {
            expect(inside).toEqual([])
            expect(decision.code).toBe('region_not_available')
            expect(decision.message).toContain(region)
          } else {
            const candidates = decision.plan.candidates.map(({ deploymentId }) => deploymentId)
            expect([...candidates].sort()).toEqual(inside)
            expect(decision.plan.reasons).toContainEqual({
              deploymentId: null,
              code: 'region_wish',
              text: `key requires region ${region}`,
            })
          }
        },
      ),
    )
  })

  it('asks a preferred region first and keeps all others behind it in the chain’s order', () => {
    fc.assert(
      fc.property(placed, (regions) => {
        const ids = regions.map((_, index) => `d${index}`)
        const region = regions.at(-1) ?? 'west'
        const decision = planRoute(
          { ...request, region: { region, mode: 'prefer', by: 'request' } },
          calmSnapshot(catalogOf(regions, ids)),
        )
        if (!decision.ok) throw new Error(decision.message)
        expect(decision.plan.candidates.map(({ deploymentId }) => deploymentId)).toEqual([
          ...ids.filter((_, index) => regions[index] === region),
          ...ids.filter((_, index) => regions[index] !== region),
        ])
      }),
    )
  })
})

describe('sessions of a tier', () => {
  const catalog = catalogOf(['west', 'west', 'west', 'west'], [['d0', 'd1', 'd2'], 'd3'])
  const first = (session: string, drained: readonly string[] = []) => {
    const decision = planRoute(
      { ...request, session },
      { ...calmSnapshot(catalog), drained: new Map(drained.map((id) => [id, { reason: 'out' }])) },
    )
    if (!decision.ok) throw new Error(decision.message)
    return decision.plan.candidates[0]?.deploymentId
  }

  it('move only while their deployment is out, to another of the same step, and return to it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (session) => {
        const own = first(session) ?? ''
        expect(['d0', 'd1', 'd2']).toContain(own)
        const meanwhile = first(session, [own])
        expect(meanwhile).not.toBe(own)
        expect(['d0', 'd1', 'd2']).toContain(meanwhile)
        expect(first(session)).toBe(own)
        const others = ['d0', 'd1', 'd2'].filter((id) => id !== own)
        expect(first(session, others)).toBe(own)
      }),
    )
  })
})
