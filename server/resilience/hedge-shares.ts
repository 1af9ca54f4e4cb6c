import type { HedgePolicy } from '#lib/resilience/policy-schema'
import { affordsRetry, openRetryBudget, payIn, type RetryBudget, takeOut } from '#lib/resilience/retry-budget'

/** Keeps each tier's hedges below its share of streams: hedges ≤ 3 + maxShare · streams. */
export interface HedgeShares {
  sawStream(tier: string, policy: HedgePolicy): void
  mayHedge(tier: string): boolean
  tookHedge(tier: string): void
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
    mayHedge: (tier) => affordsRetry(budgets.get(tier) ?? empty),
    tookHedge(tier) {
      budgets.set(tier, takeOut(budgets.get(tier) ?? empty))
    },
  }
}
