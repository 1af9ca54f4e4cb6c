import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { affordsRetry, openRetryBudget, payIn, takeOut } from '#lib/resilience/retry-budget'

describe('retry budget', () => {
  it('never lets retries exceed the reserve and its share of the requests', () => {
    const events = fc.array(fc.constantFrom<'request' | 'retry'>('request', 'retry'), { maxLength: 400 })
    const policy = fc.record({
      budgetRatio: fc.double({ min: 0, max: 1, noNaN: true }),
      budgetReserve: fc.nat(20),
    })
    fc.assert(
      fc.property(policy, events, (given, what) => {
        let budget = openRetryBudget(given)
        let [requests, retries] = [0, 0]
        for (const event of what) {
          if (event === 'request') {
            requests += 1
            budget = payIn(budget, given)
          } else if (affordsRetry(budget)) {
            retries += 1
            budget = takeOut(budget)
          }
          expect(retries).toBeLessThanOrEqual(given.budgetReserve + given.budgetRatio * requests + 1e-9)
        }
      }),
    )
  })
})
