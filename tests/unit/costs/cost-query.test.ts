import { describe, expect, it } from 'vitest'
import { costQuery } from '#lib/contracts/costs'
import { describeIssues } from '#server/http/describe-issues'

const refusal = (query: Record<string, string>) => {
  const parsed = costQuery.safeParse(query)
  return parsed.success ? null : describeIssues(parsed.error)
}

describe('a cost query', () => {
  it('takes dimensions, grain and filters', () => {
    expect(
      costQuery.parse({ groupBy: 'creator,model', granularity: 'day', tier: 'premium', from: '2026-11-01' }),
    ).toEqual({
      groupBy: ['creator', 'model'],
      granularity: 'day',
      tier: 'premium',
      from: '2026-11-01',
      top: 100,
    })
  })

  it('refuses what it does not know, naming it', () => {
    expect(refusal({ groupBy: 'colour' })).toEqual([
      {
        path: 'groupBy[0]',
        message: expect.stringContaining('colour is no dimension; there are account, creator'),
      },
    ])
    expect(refusal({ colour: 'red' })?.[0]?.message).toContain('colour')
    expect(refusal({ granularity: 'week' })?.[0]?.path).toBe('granularity')
    expect(refusal({ groupBy: 'model,tier,creator' })?.[0]?.path).toBe('groupBy')
    expect(refusal({ groupBy: 'model,model' })?.[0]?.path).toBe('groupBy')
    expect(refusal({ from: '2026-11-02', to: '2026-11-01' })).toEqual([
      { path: 'to', message: 'must be later than from' },
    ])
    expect(refusal({ top: '0' })?.[0]?.path).toBe('top')
  })
})
