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
})
