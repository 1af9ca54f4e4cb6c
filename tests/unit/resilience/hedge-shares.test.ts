import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defaultTierPolicy } from '#lib/resilience/policy-schema'
import { createHedgeShares } from '#server/resilience/hedge-shares'

const policy = { ...defaultTierPolicy.hedge, enabled: true, maxShare: 0.1 }

it('hedges never exceed three and the share of the streams, and tiers do not take from each other', () => {
  const deeds = fc.array(fc.constantFrom('stream', 'hedge', 'give back'), { maxLength: 400 })
  fc.assert(
    fc.property(deeds, (deeds) => {
      const shares = createHedgeShares()
      let streams = 0
      let hedges = 0
      for (const deed of deeds) {
        if (deed === 'stream') {
          shares.sawStream('t', policy)
          streams += 1
        } else if (deed === 'hedge') {
          if (shares.take('t')) hedges += 1
        } else if (hedges > 0) {
          shares.giveBack('t')
          hedges -= 1
        }
        expect(hedges).toBeLessThanOrEqual(3 + policy.maxShare * streams)
      }
      expect(shares.take('another')).toBe(false)
    }),
  )
})

it('one that was given back can be taken again', () => {
  const shares = createHedgeShares()
  shares.sawStream('t', policy)
  expect([shares.take('t'), shares.take('t'), shares.take('t'), shares.take('t')]).toEqual([
    true,
    true,
    true,
    false,
  ])
  shares.giveBack('t')
  expect([shares.take('t'), shares.take('t')]).toEqual([true, false])
})
