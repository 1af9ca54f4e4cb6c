import { describe, expect, it } from 'vitest'
import { builtInCatalog } from '#lib/deployments/built-in-catalog'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { planRoute, type RouteRequest, type RouteSnapshot } from '#lib/gateway/plan-route'
import { blocked, calmSnapshot, chainOf, chatRequest, orderOf, planOf } from '#tests/support/route-snapshots'

const twoRegions = chainOf(['w', 'n', 'e'], {
  w: { region: 'west' },
  n: { region: 'north' },
  e: { region: 'east' },
})

/** What the plan says about one deployment beside its place in the chain. */
function saidOf(id: string | null, states: Partial<RouteSnapshot>, request: Partial<RouteRequest> = {}) {
  const { reasons } = planOf(request, { ...calmSnapshot(twoRegions), ...states })
  return reasons
    .filter(({ deploymentId, code }) => deploymentId === id && code !== 'tier_chain')
    .map(({ code, text }) => [code, text])
}

describe('the reason why a candidate stands behind', () => {
  it.each([
    ['open', 'breaker', 'its breaker is open: 3 of 4 calls failed'],
    ['half_open', 'breaker', 'its breaker is half-open and its probe is on the way: 3 of 4 calls failed'],
    ['isolated', 'isolated', 'isolated by an operator: 3 of 4 calls failed'],
  ] as const)('is its breaker (%s)', (phase, code, text) => {
    expect(saidOf('w', { blocks: new Map([['w', blocked(phase)]]) })).toEqual([[code, text]])
  })

  it('is an operator who drained it', () => {
    expect(saidOf('w', { drained: new Map([['w', { reason: 'maintenance' }]]) })).toEqual([
      ['drained', 'drained by an operator (maintenance), so it is asked only when nothing else is left'],
    ])
  })

  it('is the time for which it asked to be left alone', () => {
    const states = { nowMs: 1_000, cooldownUntilMs: new Map([['w', 3_500]]) }
    expect(saidOf('w', states)).toEqual([
      ['cooldown', 'asked to be left alone for another 2.5 s, so it stands behind'],
    ])
    expect(saidOf('w', { ...states, nowMs: 3_500 })).toEqual([])
  })

  it.each([
    ['dark', 0, 'region west is dark: no answer'],
    ['failed_over', 0, 'region west is failed over: no answer'],
    ['recovering', 0, 'region west is recovering, takes 0 % of requests: no answer'],
    ['recovering', 10_000, 'region west is recovering and takes 100 % of requests, this one among them'],
  ] as const)('is its region (%s, %i)', (phase, admittedBps, text) => {
    const states = { regions: new Map([['west', { phase, admittedBps, reason: 'no answer' }]]) }
    expect(saidOf('w', states)).toEqual([['region', text]])
    expect(orderOf({}, { ...calmSnapshot(twoRegions), ...states })[0]).toBe(admittedBps > 0 ? 'w' : 'n')
  })

  it('is a retired model where another’s is not', () => {
    const lifecycle = { stage: 'retired' as const }
    const mixed = calmSnapshot(chainOf(['old', 'new'], { old: { lifecycle } }))
    expect(orderOf({}, mixed)).toEqual(['new', 'old'])
    expect(planOf({}, mixed).reasons).toContainEqual({
      deploymentId: 'old',
      code: 'lifecycle',
      text: 'its model is retired, so it stands behind those whose model is not',
    })
    const all = calmSnapshot(chainOf(['old', 'older'], { old: { lifecycle }, older: { lifecycle } }))
    expect(orderOf({}, all)).toEqual(['old', 'older'])
    expect(planOf({}, all).reasons.at(-1)).toEqual({
      deploymentId: 'old',
      code: 'lifecycle',
      text: 'its model gpt-4 is retired',
    })
  })
})

it('the worse stands behind the bad: retired, cooling down, drained, region out, breaker open, isolated', () => {
  const catalog = chainOf(['isolated', 'open', 'out', 'drained', 'cooling', 'retired', 'plain'], {
    out: { region: 'two' },
    retired: { lifecycle: { stage: 'retired' } },
  })
  const snapshot: RouteSnapshot = {
    ...calmSnapshot(catalog),
    cooldownUntilMs: new Map([['cooling', 1]]),
    drained: new Map([['drained', { reason: 'maintenance' }]]),
    regions: new Map([['two', { phase: 'dark', admittedBps: 0, reason: 'no answer' }]]),
    blocks: new Map([
      ['open', blocked()],
      ['isolated', blocked('isolated')],
    ]),
  }
  expect(orderOf({}, snapshot)).toEqual(['plain', 'retired', 'cooling', 'drained', 'out', 'open', 'isolated'])
})

describe('the reason of balancing', () => {
  const step = chainOf([['p', 'x', 'y']], { p: { capacity: { ptu: 50 } } })

  it('names the size of the step, and provisioned throughput where it comes first', () => {
    expect(planOf({}, calmSnapshot(step)).reasons[0]).toEqual({
      deploymentId: 'p',
      code: 'balanced',
      text: 'first in the chain of tier t, balanced over 3 deployments, provisioned throughput first',
    })
    expect(planOf({}, calmSnapshot(chainOf([['x', 'y']]))).reasons[0]?.text).toBe(
      'first in the chain of tier t, balanced over 2 deployments',
    )
  })

  it('names the member at which a session stays', () => {
    const { candidates, reasons } = planOf({ session: 'fan 1' }, calmSnapshot(chainOf([['x', 'y'], 'z'])))
    expect(reasons.filter(({ code }) => code === 'session')).toEqual([
      {
        deploymentId: candidates[0]?.deploymentId,
        code: 'session',
        text: 'of 2 that can be asked, the one at which its session stays',
      },
    ])
  })
})

describe('a region that was wished for', () => {
  const wish = (
    region: string,
    mode: 'prefer' | 'require',
    by: 'request' | 'key' | 'account' = 'request',
  ) => ({
    region: { region, mode, by },
  })
  const refusalOf = (request: Partial<RouteRequest>) => {
    const decision = planRoute({ ...chatRequest, ...request }, calmSnapshot(twoRegions))
    if (decision.ok) throw new Error('it was planned')
    return decision
  }

  it('is in the plan, with who wished for it', () => {
    expect(saidOf(null, {}, wish('north', 'prefer', 'key'))).toEqual([
      ['region_wish', 'key prefers region north'],
    ])
    expect(planOf(wish('north', 'prefer'), calmSnapshot(twoRegions)).requiredRegion).toBeNull()
    expect(planOf(wish('north', 'require'), calmSnapshot(twoRegions)).requiredRegion).toBe('north')
  })

  it('is refused by name where the catalog has none of it, in the field of the request', () => {
    for (const mode of ['prefer', 'require'] as const) {
      expect(refusalOf(wish('atlantis', mode))).toMatchObject({
        code: 'region_not_available',
        message: 'There is no region "atlantis". Regions: west, north, east.',
        param: 'x-huntaze-region',
      })
    }
  })

  it('is a key’s or account’s requirement that outlived its region: refused, but in no field of the request', () => {
    expect(refusalOf(wish('atlantis', 'require', 'account'))).toMatchObject({
      message: 'The account requires a region there is not: "atlantis". Regions: west, north, east.',
      param: null,
    })
  })

  it('is a key’s or account’s preference that outlived its region: served anywhere, and said so', () => {
    expect(saidOf(null, {}, wish('atlantis', 'prefer', 'key'))).toEqual([
      [
        'region_wish',
        'key prefers region atlantis, which the catalog does not have, so it is served anywhere',
      ],
    ])
  })

  it('does not put one that is out before one that is well elsewhere', () => {
    const snapshot = { ...calmSnapshot(twoRegions), blocks: new Map([['n', blocked()]]) }
    expect(orderOf(wish('north', 'prefer'), snapshot)).toEqual(['w', 'e', 'n'])
  })
})

it('the limits and the policy are the tier’s', () => {
  const parsed = parseCatalog(
    builtInCatalog({
      primary: 'https://we.example.com',
      dr: 'https://ne.example.com',
      openai: 'https://api.openai.com/v1',
      anthropic: 'https://api.anthropic.com',
    }),
  )
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  const snapshot = calmSnapshot(parsed.catalog)
  const plan = planOf({ model: 'economy', stream: true }, snapshot)
  expect(plan.policy).toBe(parsed.catalog.tiers.get('economy')?.policy)
  expect(plan.limits).toMatchObject({ maxOutputTokens: 1024, deadlineMs: 60_000, attemptTimeoutMs: 30_000 })
  expect(planOf({ model: 'ne-economy' }, snapshot).policy).toBe(plan.policy)
})
