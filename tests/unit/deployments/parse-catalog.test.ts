import { describe, expect, it } from 'vitest'
import { parseCatalog } from '#lib/deployments/parse-catalog'

const good = {
  regions: [{ name: 'one', endpoint: 'https://one.example.com' }],
  deployments: [
    { id: 'a', region: 'one', deployment: 'name', model: 'gpt-4' },
    { id: 'b', region: 'one', deployment: 'name', model: 'gpt-4' },
  ],
  tiers: { premium: { chain: [['a', 'b']] } },
}

describe('parseCatalog', () => {
  it('fills in every default and indexes twins by their alias', () => {
    const result = parseCatalog(good)
    if (!result.ok) throw new Error(result.problems.join())
    expect(result.catalog.tiers.get('premium')).toMatchObject({
      chain: [['a', 'b']],
      maxOutputTokens: 4096,
      ttftMs: 8000,
    })
    expect(result.catalog.aliases.get('name')).toEqual(['a', 'b'])
  })

  it('names every cross mistake at once, with its place', () => {
    const result = parseCatalog({
      ...good,
      regions: [...good.regions, ...good.regions],
      deployments: [...good.deployments, { id: 'a', region: 'nowhere', deployment: 'x', model: 'gpt-4' }],
      tiers: { premium: { chain: ['a', 'missing', ['a', 'b']] }, b: { chain: ['b'] } },
      embeddings: { chain: ['lost'] },
    })
    if (result.ok) throw new Error('must be refused')
    expect(result.problems).toEqual([
      'regions: "one" is named twice',
      'deployments: "a" is named twice',
      'deployments.a.region: there is no region "nowhere"',
      'tiers.b: a deployment has the same name',
      'tiers.premium.chain: there is no deployment "missing"',
      'tiers.premium.chain: "a" stands there twice',
      'embeddings.chain: there is no deployment "lost"',
    ])
  })

  it('knows what served a tier before, and refuses a way back that leads nowhere or to Azure', () => {
    const old = { id: 'old', region: 'one', deployment: 'gpt-4', model: 'gpt-4', provider: 'openai' as const }
    const withLegacy = (legacy: string[]) =>
      parseCatalog({
        ...good,
        deployments: [...good.deployments, old],
        tiers: { premium: { chain: ['a'], legacy }, other: { chain: ['b'] } },
        embeddings: { chain: ['a'], legacy },
      })
    const result = withLegacy(['old'])
    if (!result.ok) throw new Error(result.problems.join())
    expect([...result.catalog.tiers.values()].map(({ legacy }) => legacy)).toEqual([[['old']], []])
    expect(result.catalog.embeddings?.legacy).toEqual([['old']])
    expect(withLegacy(['old', 'b', 'gone'])).toMatchObject({
      problems: expect.arrayContaining([
        'tiers.premium.legacy: there is no deployment "gone"',
        'tiers.premium.legacy: "b" is a deployment of Azure OpenAI; a legacy chain names OpenAI\'s or Anthropic\'s',
        'embeddings.legacy: there is no deployment "gone"',
      ]),
    })
  })

  it.each([
    ['not an object', 7, 'catalog'],
    ['an empty chain', { ...good, tiers: { premium: { chain: [] } } }, 'tiers.premium.chain'],
    ['an unknown field', { ...good, tires: {} }, 'tires'],
    ['no tier', { ...good, tiers: {} }, 'tiers'],
    ['a wrong number', { ...good, tiers: { premium: { chain: ['a'], ttftMs: -1 } } }, 'tiers.premium.ttftMs'],
  ])('refuses %s and says where', (_name, input, place) => {
    const result = parseCatalog(input)
    if (result.ok) throw new Error('must be refused')
    expect(result.problems.join('\n')).toContain(place)
  })

  const withPolicy = (policy: object) => ({ ...good, tiers: { premium: { chain: ['a'], policy } } })
  it.each([
    ['an empty window', { breaker: { windowMs: 0 } }, 'breaker.windowMs'],
    ['a ratio above one', { breaker: { errorRatio: 1.2 } }, 'breaker.errorRatio'],
    ['a ratio of zero', { latencyBreaker: { errorRatio: 0 } }, 'latencyBreaker.errorRatio'],
    ['no probes', { breaker: { probes: 0 } }, 'breaker.probes'],
    ['no good probes', { breaker: { goodProbes: 0 } }, 'breaker.goodProbes'],
    ['no minimum', { breaker: { minimumCalls: 0 } }, 'breaker.minimumCalls'],
    ['a shrinking open time', { breaker: { openForMs: 9_000, openForMaxMs: 10 } }, 'breaker.openForMaxMs'],
    ['no attempts', { retry: { maxAttempts: 0 } }, 'retry.maxAttempts'],
    ['a cap below the base', { retry: { baseMs: 500, capMs: 100 } }, 'retry.capMs'],
    ['a jitter above one', { retry: { jitter: 2 } }, 'retry.jitter'],
    ['a bulkhead without a place', { bulkhead: { maxInFlight: 0 } }, 'bulkhead.maxInFlight'],
    ['a share above one', { hedge: { maxShare: 7 } }, 'hedge.maxShare'],
    ['an unknown stream mode', { stream: 'whole' }, 'stream'],
    ['an unknown policy', { retries: {} }, 'retries'],
    ['an unknown fallback tier', { whenExhausted: { tier: 'lost' } }, 'whenExhausted.tier'],
    ['itself as fallback', { whenExhausted: { tier: 'premium' } }, 'whenExhausted.tier'],
  ])('refuses a policy with %s and names the field', (_name, policy, field) => {
    const result = parseCatalog(withPolicy(policy))
    if (result.ok) throw new Error('must be refused')
    expect(result.problems).toHaveLength(1)
    expect(result.problems[0]).toContain('tiers.premium.policy')
    expect(result.problems[0]).toContain(field)
  })
})
