import { expect, it } from 'vitest'
import { catalogChanges } from '#lib/deployments/catalog-changes'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { parseCatalog } from '#lib/deployments/parse-catalog'

const catalog = (input: Partial<CatalogInput>) => {
  const result = parseCatalog({
    regions: [{ name: 'west', endpoint: 'https://west.example' }],
    deployments: [{ id: 'one', region: 'west', deployment: 'chat', model: 'gpt-4-turbo' }],
    tiers: { premium: { chain: ['one'] } },
    ...input,
  })
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.catalog.data
}

it('names the parts of a catalog that differ, and nothing of equal ones', () => {
  expect(catalogChanges(catalog({}), catalog({}))).toEqual({ before: {}, after: {} })
  const { before, after } = catalogChanges(
    catalog({}),
    catalog({
      deployments: [
        { id: 'one', region: 'west', deployment: 'chat', model: 'gpt-4o' },
        { id: 'two', region: 'west', deployment: 'chat-2', model: 'gpt-4o' },
      ],
    }),
  )
  expect(before).toMatchObject({ 'deployments/one': { model: 'gpt-4-turbo' }, 'deployments/two': null })
  expect(after).toMatchObject({ 'deployments/one': { model: 'gpt-4o' }, 'deployments/two': { id: 'two' } })
  expect(Object.keys(after)).toEqual(['deployments/one', 'deployments/two'])
})
