import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '#lib/deployments/catalog'
import { planRoute, type RouteRequest, type RouteSnapshot } from '#lib/gateway/plan-route'
import { blocked, calmSnapshot, chainOf, chatRequest } from '#tests/support/route-snapshots'

const regionNames = ['west', 'north', 'east'] as const
const deployment = fc.record({
  region: fc.constantFrom(...regionNames),
  capacity: fc.constantFrom(
    undefined,
    { tokensPerMinute: 10_000 },
    { tokensPerMinute: 90_000 },
    { ptu: 50 },
    { ptu: 100 },
  ),
  retired: fc.boolean(),
  state: fc.constantFrom('plain', 'plain', 'plain', 'cooling', 'drained', 'open', 'half_open', 'isolated'),
  load: fc.record({
    inFlight: fc.nat(50),
    headroom: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
    latencyMs: fc.option(fc.nat(5_000), { nil: null }),
  }),
})
type Member = typeof deployment extends fc.Arbitrary<infer Value> ? Value : never

const admission = fc.constantFrom(
  undefined,
  { phase: 'dark' as const, admittedBps: 0, reason: 'no answer' },
  { phase: 'failed_over' as const, admittedBps: 0, reason: 'by hand' },
  { phase: 'recovering' as const, admittedBps: 5_000, reason: 'healthy for 60 s' },
)
const situation = fc.record({
  steps: fc.array(fc.array(deployment, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
  admissions: fc.tuple(admission, admission, admission),
  session: fc.option(fc.string({ minLength: 1, maxLength: 8 }), { nil: null }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  wish: fc.option(
    fc.record({
      region: fc.constantFrom(...regionNames),
      mode: fc.constantFrom('prefer' as const, 'require' as const),
      by: fc.constantFrom('request' as const, 'key' as const, 'account' as const),
    }),
    { nil: null },
  ),
})
type Situation = typeof situation extends fc.Arbitrary<infer Value> ? Value : never

interface World {
  catalog: Catalog
  members: ReadonlyMap<string, Member & { step: number }>
  request: RouteRequest
  snapshot: RouteSnapshot
}

function worldOf({ steps, admissions, session, random, wish }: Situation): World {
  const named = steps.flatMap((members, step) =>
    members.map((member, index) => [`d${step}-${index}`, { ...member, step }] as const),
  )
  const members = new Map<string, Member & { step: number }>(named)
  const chain = steps.map((step, index) => step.map((_, place) => `d${index}-${place}`))
  const fields = named.map(([id, { region, capacity, retired }]) => [
    id,
    {
      region,
      ...(capacity ? { capacity } : {}),
      lifecycle: { stage: retired ? ('retired' as const) : ('ga' as const) },
    },
  ])
  const catalog = chainOf(chain, Object.fromEntries(fields))
  const inState = (...states: Member['state'][]) => named.filter(([, { state }]) => states.includes(state))
  const snapshot: RouteSnapshot = {
    ...calmSnapshot(catalog),
    random,
    cooldownUntilMs: new Map(inState('cooling').map(([id]) => [id, 1_000])),
    drained: new Map(inState('drained').map(([id]) => [id, { reason: 'maintenance' }])),
    blocks: new Map(
      inState('open', 'half_open', 'isolated').map(([id, { state }]) => [id, blocked(state as 'open')]),
    ),
    regions: new Map(
      regionNames.flatMap((name, index) => {
        const found = admissions[index]
        return found ? [[name, found] as const] : []
      }),
    ),
    loadOf: (id) => members.get(id)?.load ?? { inFlight: 0, headroom: null, latencyMs: null },
  }
  return { catalog, members, snapshot, request: { ...chatRequest, session, region: wish } }
}

/** Every situation that can be planned, with its plan. */
function check(examine: (world: World, candidates: readonly string[], reasons: Reasons) => void): void {
  fc.assert(
    fc.property(situation.map(worldOf), (world) => {
      const decision = planRoute(world.request, world.snapshot)
      if (!decision.ok) {
        expect(decision.code).toBe('region_not_available')
        return
      }
      const { candidates, reasons } = decision.plan
      examine(
        world,
        candidates.map(({ deploymentId }) => deploymentId),
        reasons,
      )
    }),
    { numRuns: 500 },
  )
}
type Reasons = readonly { deploymentId: string | null; code: string; text: string }[]
const outCodes = ['breaker', 'isolated', 'drained', 'cooldown', 'lifecycle', 'region']

describe('a plan with everything going on at once', () => {
  it('names every deployment of the chain once, and under a required region exactly those that lie in it', () => {
    check(({ members, request }, candidates) => {
      const required = request.region?.mode === 'require' ? request.region.region : null
      const expected = [...members].filter(([, { region }]) => required === null || region === required)
      expect([...candidates].sort()).toEqual(expected.map(([id]) => id).sort())
    })
  })

  it('P20 never puts an open breaker before a closed one, nor an isolated deployment before any other', () => {
    check(({ snapshot }, candidates) => {
      const badness = candidates.map((id) => {
        const phase = snapshot.blocks.get(id)?.phase
        return phase === undefined ? 0 : phase === 'isolated' ? 2 : 1
      })
      expect(badness).toEqual([...badness].sort((a, b) => a - b))
    })
  })

  it('permutes only within a step: those that stand alike keep the order of their steps', () => {
    check(({ members, request, snapshot }, candidates, reasons) => {
      const prefers = request.region?.mode === 'prefer' ? request.region.region : null
      const alike = Map.groupBy(candidates, (id) => {
        const away = prefers !== null && members.get(id)?.region !== prefers
        const codes = reasons.filter(({ deploymentId }) => deploymentId === id).map(({ code }) => code)
        const admitted = snapshot.regions.get(members.get(id)?.region ?? '')?.phase === 'recovering'
        const standing = codes.filter((code) => outCodes.includes(code) && !(code === 'region' && admitted))
        return `${away} ${standing.join()} ${admitted && isOut(id, reasons)}`
      })
      for (const ids of alike.values()) {
        const steps = ids.map((id) => members.get(id)?.step ?? 0)
        expect(steps).toEqual([...steps].sort((a, b) => a - b))
      }
    })
  })

  it('asks provisioned throughput first among the members of a step that can be asked plainly', () => {
    check(({ members, request }, candidates, reasons) => {
      const prefers = request.region?.mode === 'prefer' ? request.region.region : null
      const plain = candidates.filter((id) => !isOut(id, reasons))
      for (const ids of Map.groupBy(
        plain,
        (id) => `${members.get(id)?.step} ${prefers !== null && members.get(id)?.region !== prefers}`,
      ).values()) {
        const paid = ids.map((id) => Number((members.get(id)?.capacity?.ptu ?? 0) > 0))
        expect(paid).toEqual([...paid].sort((a, b) => b - a))
      }
    })
  })

  it('says of everyone who stands behind why', () => {
    check(({ members }, candidates, reasons) => {
      for (const id of candidates) {
        const { state } = members.get(id) ?? { state: 'plain' }
        if (state !== 'plain') expect(isOut(id, reasons)).toBe(true)
        const of = reasons.filter(({ deploymentId }) => deploymentId === id)
        expect(of.some(({ code }) => code === 'tier_chain' || code === 'balanced')).toBe(true)
      }
      for (const { text } of reasons) expect(text.length).toBeGreaterThan(3)
    })
  })

  it('is the same for the same request at the same moment', () => {
    check(({ request, snapshot }, candidates) => {
      const again = planRoute(request, snapshot)
      expect(again.ok && again.plan.candidates.map(({ deploymentId }) => deploymentId)).toEqual(candidates)
    })
  })
})

/** Does the plan say that it stands behind? */
function isOut(id: string, reasons: Reasons): boolean {
  return reasons.some(
    ({ deploymentId, code, text }) =>
      deploymentId === id &&
      outCodes.includes(code) &&
      !text.endsWith('this one among them') &&
      !(code === 'lifecycle' && text.startsWith('its model gpt-4 is retired')),
  )
}

describe('a recovering region', () => {
  const catalog = chainOf(['w', 'n'], { w: { region: 'west' }, n: { region: 'north' } })
  const isAdmitted = (requestId: string, admittedBps: number) => {
    const regions = new Map([['west', { phase: 'recovering' as const, admittedBps, reason: 'well again' }]])
    const decision = planRoute({ ...chatRequest, requestId }, { ...calmSnapshot(catalog), regions })
    return decision.ok && decision.plan.candidates[0]?.deploymentId === 'w'
  }

  it('takes its share, and whoever was taken stays taken while the share grows', () => {
    const requests = Array.from({ length: 4_000 }, (_, index) => `req_${index}`)
    const shares = [0, 1_000, 2_500, 5_000, 10_000]
    const taken = shares.map((bps) => new Set(requests.filter((id) => isAdmitted(id, bps))))
    for (const [index, bps] of shares.entries()) {
      expect((taken[index]?.size ?? 0) / requests.length).toBeCloseTo(bps / 10_000, 1)
      for (const id of taken[index - 1] ?? []) expect(taken[index]?.has(id)).toBe(true)
    }
  })
})

describe('the share of a member that is out', () => {
  const ids = ['d0', 'd1', 'd2', 'd3']
  const capacities = [40_000, 20_000, 20_000, 20_000]
  const catalog = chainOf(
    [ids, ['e0', 'e1']],
    Object.fromEntries(ids.map((id, index) => [id, { capacity: { tokensPerMinute: capacities[index] } }])),
  )
  const draws = Array.from({ length: 6_000 }, (_, index) => (index * 0.618_033_988_75) % 1)
  const outs: Readonly<Record<string, Partial<RouteSnapshot>>> = {
    drained: { drained: new Map([['d1', { reason: 'maintenance' }]]) },
    cooling: { cooldownUntilMs: new Map([['d1', 1]]) },
    open: { blocks: new Map([['d1', blocked()]]) },
  }
  const placed = (states: Partial<RouteSnapshot>, random: number, session: string | null = null) => {
    const decision = planRoute({ ...chatRequest, session }, { ...calmSnapshot(catalog), ...states, random })
    if (!decision.ok) throw new Error(decision.message)
    return decision.plan.candidates.map(({ deploymentId }) => deploymentId)
  }
  const shareOf = (firsts: readonly (string | undefined)[], id: string) =>
    firsts.filter((first) => first === id).length / firsts.length

  it.each(Object.entries(outs))('spreads over the others by their weights (%s)', (_, states) => {
    const firsts = draws.map((random) => placed(states, random)[0])
    expect(shareOf(firsts, 'd1')).toBe(0)
    expect(shareOf(firsts, 'd0')).toBeCloseTo(0.5, 1)
    expect(shareOf(firsts, 'd2')).toBeCloseTo(0.25, 1)
    expect(shareOf(firsts, 'd3')).toBeCloseTo(0.25, 1)
  })

  it('spreads those that fall over from one member by weight too, within the step and in the next', () => {
    const after = draws.map((random) => placed({}, random)).filter(([first]) => first === 'd1')
    expect(after.length / draws.length).toBeCloseTo(0.2, 1)
    const seconds = after.map(([, second]) => second)
    expect(shareOf(seconds, 'd0')).toBeCloseTo(0.5, 1)
    expect(shareOf(seconds, 'd3')).toBeCloseTo(0.25, 1)
    const others = after.map(([, , , , fifth]) => fifth)
    expect(shareOf(others, 'e0')).toBeCloseTo(0.5, 1)
  })

  it.each(Object.entries(outs))('moves only its own sessions, and they return (%s)', (_, states) => {
    const sessions = Array.from({ length: 2_000 }, (_unused, index) => `fan ${index}`)
    const before = sessions.map((session) => placed({}, 0.1, session)[0])
    const meanwhile = sessions.map((session) => placed(states, 0.7, session)[0])
    for (const [index, owner] of before.entries()) {
      if (owner !== 'd1') expect(meanwhile[index]).toBe(owner)
    }
    const moved = meanwhile.filter((_first, index) => before[index] === 'd1')
    expect(shareOf(moved, 'd1')).toBe(0)
    expect(shareOf(moved, 'd0')).toBeCloseTo(0.5, 1)
    expect(sessions.map((session) => placed({}, 0.9, session)[0])).toEqual(before)
  })
})
