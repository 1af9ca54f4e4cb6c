import type { HedgePolicy } from '#lib/resilience/policy-schema'
import { affordsRetry, openRetryBudget, payIn, type RetryBudget, takeOut } from '#lib/resilience/retry-budget'

/** Keeps each tier's hedges below its share of streams: hedges ≤ 3 + maxShare · streams. */
export interface HedgeShares {
  /** Told once of each request that streams. */
  sawStream(tier: string, policy: HedgePolicy): void
  /** Takes one hedge out of the tier's share; false when nothing is left of it. */
  take(tier: string): boolean
  /** Gives one back that asked nobody. */
  giveBack(tier: string): void
}

const reserve = 3

export function createHedgeShares(): HedgeShares {
  const budgets = new Map<string, RetryBudget>()
  const empty: RetryBudget = { balance: 0 }
  return {
    sawStream(tier, { maxShare }) {
      const policy = { budgetRatio: maxShare, budgetReserve: reserve }
      budgets.set(tier, payIn(budgets.get(tier) ?? openRetryBudget(policy), policy))
    },
    take(tier) {
      const budget = budgets.get(tier) ?? empty
      if (!affordsRetry(budget)) return false
      budgets.set(tier, takeOut(budget))
      return true
    },
    giveBack(tier) {
      budgets.set(tier, { balance: (budgets.get(tier) ?? empty).balance + 1 })
    },
  }
}
