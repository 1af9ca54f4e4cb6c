import { describe, expect, it } from 'vitest'
import { builtInCatalog } from '#lib/deployments/built-in-catalog'
import type { Catalog } from '#lib/deployments/catalog'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { bucketOf } from '#lib/gateway/hash-unit'
import type { RouteRequest } from '#lib/gateway/plan-route'
import {
  catalogTraffic,
  type SwitchScope,
  type TrafficConfig,
  type TrafficShare,
} from '#lib/traffic/traffic-config'
import { unitKey } from '#lib/traffic/unit-key'
import { blocked, calmSnapshot, orderOf, planOf } from '#tests/support/route-snapshots'

function builtIn(): Catalog {
  const at = 'https://one.example.com'
  const parsed = parseCatalog(builtInCatalog({ primary: at, dr: at, openai: at, anthropic: at }))
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.catalog
}

const catalog = builtIn()
const thrown = (...scopes: SwitchScope[]): Partial<TrafficConfig> => ({
  switches: scopes.map((scope, index) => ({ id: `tsw_${index + 1}`, scope, sinceMs: 0 })),
})
const at = (traffic: Partial<TrafficConfig>) => ({
  ...calmSnapshot(catalog),
  traffic: { ...catalogTraffic, ...traffic },
})
const order = (request: Partial<RouteRequest>, traffic: Partial<TrafficConfig>) =>
  orderOf(request, at(traffic))
const movedBy = (request: Partial<RouteRequest>, traffic: Partial<TrafficConfig>) => {
  const { reasons } = planOf(request, at(traffic))
  return reasons.filter(({ code }) => code === 'rollback' || code === 'share').map(({ text }) => text)
}

const legacyOf = {
  premium: ['openai-gpt-4-turbo', 'anthropic-claude-sonnet'],
  standard: ['openai-gpt-4'],
  economy: ['openai-gpt-35-turbo'],
}
const premium = ['we-premium', 'we-standard', 'ne-premium']

describe('a switch', () => {
  it.each(Object.entries(legacyOf))('of all traffic sends tier %s to its legacy chain', (model, chain) => {
    expect(order({ model }, thrown({ kind: 'all' }))).toEqual(chain)
    const { tier, traffic, policy, limits } = planOf({ model }, at(thrown({ kind: 'all' })))
    const before = planOf({ model }, at({}))
    expect([tier, policy, limits]).toEqual([model, before.policy, before.limits])
    const moved = { arm: 'legacy', rolloutId: null, switchId: 'tsw_1', deploymentIds: chain, visit: null }
    expect(traffic).toEqual(moved)
  })

  it('of a tier or an operation sends nothing else', () => {
    const tier = thrown({ kind: 'tier', tier: 'premium' })
    expect(order({ model: 'premium' }, tier)).toEqual(legacyOf.premium)
    expect(order({ model: 'economy' }, tier)).toEqual(['we-economy', 'ne-economy'])
    const operation = thrown({ kind: 'operation', tier: null, operation: 'reply' })
    expect(order({ model: 'economy', operation: 'reply' }, operation)).toEqual(legacyOf.economy)
    expect(order({ model: 'economy', operation: 'caption' }, operation)).toEqual(['we-economy', 'ne-economy'])
    const both = thrown({ kind: 'operation', tier: 'premium', operation: 'chat' })
    expect(order({ model: 'premium' }, both)).toEqual(legacyOf.premium)
    expect(order({ model: 'standard' }, both)[0]).toBe('we-standard')
  })

  it('moves a shared name with the tier whose limits hold for it, and no pinned deployment', () => {
    const all = thrown({ kind: 'all' })
    expect(order({ model: 'gpt-4-turbo-prod' }, all)).toEqual(legacyOf.premium)
    expect(order({ model: 'gpt-35-turbo-prod' }, thrown({ kind: 'tier', tier: 'economy' }))).toEqual(
      legacyOf.economy,
    )
    expect(order({ model: 'ne-premium' }, all)).toEqual(['ne-premium'])
    expect(order({ model: 'openai-gpt-4' }, all)).toEqual(['openai-gpt-4'])
  })

  it('leaves embeddings, which have no legacy chain, and says so', () => {
    const request = { kind: 'embeddings', model: 'text-embedding-ada-002' } as const
    expect(order(request, thrown({ kind: 'all' }))).toEqual(['we-embeddings', 'ne-embeddings'])
    expect(movedBy(request, thrown({ kind: 'all' }))).toEqual([
      'a switch moved all traffic back to the legacy providers, but the embeddings chain has no legacy chain, so it stays',
    ])
    expect(planOf(request, at(thrown({ kind: 'all' }))).traffic.arm).toBeNull()
  })

  it('gives way to a required region and is not bent by a preferred one', () => {
    const wish = (mode: 'prefer' | 'require') => ({ region: 'northeurope', mode, by: 'request' as const })
    const all = thrown({ kind: 'all' })
    expect(order({ model: 'premium', region: wish('require') }, all)).toEqual(['ne-premium'])
    expect(movedBy({ model: 'premium', region: wish('require') }, all)).toEqual([
      'a switch moved all traffic back to the legacy providers (tsw_1), but region northeurope is required, so it stays',
    ])
    expect(order({ model: 'premium', region: wish('prefer') }, all)).toEqual(legacyOf.premium)
  })

  it('holds for the simpler tier that the same request falls back to', () => {
    const tier = thrown({ kind: 'tier', tier: 'premium' })
    expect(order({ model: 'economy', switchId: 'tsw_1' }, tier)).toEqual(legacyOf.economy)
  })
})

const share: TrafficShare = {
  rolloutId: 'rol_1',
  tier: 'premium',
  operation: null,
  salt: 'salt',
  baseline: 'legacy',
  candidate: null,
  candidateWeightBps: 1_000,
  visit: 2,
  carried: null,
  watched: true,
  shadow: null,
}
const unitIn = (side: 'candidate' | 'baseline') => {
  for (let index = 0; ; index += 1) {
    const unit = `creator-${index}`
    if (bucketOf('salt', unit) < 1_000 === (side === 'candidate')) return unit
  }
}

describe('a share', () => {
  it('sends a unit to its side, with the other side behind', () => {
    const shares = { shares: [share] }
    const candidate = { model: 'premium', creatorId: unitIn('candidate') }
    const baseline = { model: 'premium', creatorId: unitIn('baseline') }
    expect(order(candidate, shares)).toEqual([...premium, ...legacyOf.premium])
    expect(order(baseline, shares)).toEqual([...legacyOf.premium, ...premium])
    expect(movedBy(candidate, shares)).toEqual(['in the candidate’s 10 % of rollout rol_1'])
    expect(planOf(baseline, at(shares)).traffic).toEqual({
      arm: 'baseline',
      rolloutId: 'rol_1',
      switchId: null,
      deploymentIds: legacyOf.premium,
      visit: { now: 2, counted: 2, weightBps: 1_000 },
    })
    const behind = planOf(candidate, at(shares)).reasons.find(({ code }) => code === 'fallback')
    expect(behind?.text).toBe(
      'first in the legacy chain of tier premium, asked when nothing of the candidate answers',
    )
  })

  it('keeps the session on its side before the creator, and the creator before the request', () => {
    const shares = { shares: [share] }
    const arm = (request: Partial<RouteRequest>) =>
      planOf({ model: 'premium', ...request }, at(shares)).traffic.arm
    const [inside, outside] = [unitIn('candidate'), unitIn('baseline')]
    expect(arm({ session: inside, creatorId: outside, requestId: outside })).toBe('candidate')
    expect(arm({ creatorId: outside, requestId: inside })).toBe('baseline')
    expect(arm({ requestId: inside })).toBe('candidate')
  })

  it('leaves a conversation that was under way where it began, and counts it there', () => {
    const session = unitIn('baseline')
    const grown = {
      ...share,
      candidateWeightBps: 10_000,
      visit: 5,
      carried: {
        visit: 2,
        weightBps: 1_000,
        sides: new Map([[unitKey('rol_1', session), 'baseline' as const]]),
      },
    }
    const asked = { model: 'premium', session }
    const { traffic } = planOf(asked, at({ shares: [grown] }))
    expect(traffic).toMatchObject({
      arm: 'baseline',
      visit: { now: 5, counted: 2, weightBps: 1_000 },
    })
    expect(movedBy(asked, { shares: [grown] })).toEqual([
      'keeps the baseline of rollout rol_1, on which its conversation began',
    ])
    const other = { model: 'premium', session: 'another one' }
    expect(planOf(other, at({ shares: [grown] })).traffic.arm).toBe('candidate')
  })

  it('of the operation wins over one of the tier, a switch over both; names and pins see none', () => {
    const own = { ...share, rolloutId: 'rol_2', operation: 'reply', candidateWeightBps: 10_000 }
    const shares = { shares: [{ ...share, candidateWeightBps: 0 }, own] }
    const rollout = (request: Partial<RouteRequest>, config: Partial<TrafficConfig> = shares) =>
      planOf({ model: 'premium', ...request }, at(config)).traffic.rolloutId
    expect(rollout({ operation: 'reply' })).toBe('rol_2')
    expect(rollout({ operation: 'caption' })).toBe('rol_1')
    expect(rollout({ model: 'standard' })).toBeNull()
    expect(rollout({ model: 'gpt-4-turbo-prod' })).toBeNull()
    expect(rollout({ model: 'we-premium' })).toBeNull()
    expect(rollout({ operation: 'reply' }, { ...shares, ...thrown({ kind: 'all' }) })).toBeNull()
  })

  it('asks the other side first only when its own cannot be asked plainly', () => {
    const snapshot = {
      ...at({ shares: [{ ...share, candidateWeightBps: 10_000 }] }),
      blocks: new Map(premium.map((id) => [id, blocked()])),
    }
    expect(orderOf({ model: 'premium' }, snapshot)).toEqual([...legacyOf.premium, ...premium])
    expect(planOf({ model: 'premium' }, snapshot).traffic.arm).toBe('candidate')
  })

  it('is not bent by a preferred region of the other side, and orders its own by one', () => {
    const region = (name: string) => ({ region: name, mode: 'prefer' as const, by: 'request' as const })
    const to = (candidateWeightBps: number) => ({ shares: [{ ...share, candidateWeightBps }] })
    expect(order({ model: 'premium', region: region('northeurope') }, to(0))).toEqual([
      ...legacyOf.premium,
      ...premium,
    ])
    expect(order({ model: 'premium', region: region('northeurope') }, to(10_000))[0]).toBe('ne-premium')
  })

  it('moves nobody when its chain names nothing that is there', () => {
    const gone = { shares: [{ ...share, candidate: [['gone']], candidateWeightBps: 10_000 }] }
    expect(order({ model: 'premium' }, gone)).toEqual(premium)
    expect(planOf({ model: 'premium' }, at(gone)).traffic.arm).toBeNull()
  })
})
