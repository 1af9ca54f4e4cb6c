import { expect, it } from 'vitest'
import { dryRunQuery, switchScope } from '#lib/contracts/traffic'

it.each([
  [{ kind: 'all' }, { kind: 'all' }],
  [
    { kind: 'tier', tier: 'premium' },
    { kind: 'tier', tier: 'premium' },
  ],
  [
    { kind: 'operation', operation: 'reply' },
    { kind: 'operation', tier: null, operation: 'reply' },
  ],
  [
    { kind: 'operation', operation: 'reply', tier: 'premium' },
    { kind: 'operation', tier: 'premium', operation: 'reply' },
  ],
])('the query %o of a dry run is the scope %o, and a switch takes the same words', (query, scope) => {
  expect(dryRunQuery.parse(query)).toEqual(scope)
  expect(switchScope.parse(query)).toEqual(scope)
})

it.each([{}, { kind: 'tier' }, { kind: 'operation' }, { kind: 'region' }, { kind: 'all', more: '1' }])(
  'the query %o is no scope',
  (query) => {
    expect(dryRunQuery.safeParse(query).success).toBe(false)
  },
)
