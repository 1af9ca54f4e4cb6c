import type { RetryPolicy } from '#lib/resilience/policy-schema'

/**
 * What a deployment may still spend on retries: each request pays in `budgetRatio`, each retry takes out one, and the
 * balance never exceeds `budgetReserve`. So at any moment retries ≤ reserve + ratio · requests, and a route that fails
 * for good is not asked three times as often as one that works.
 * Source: Finagle's retry budgets, https://twitter.github.io/finagle/guide/Clients.html#retries
 */
export interface RetryBudget {
  balance: number
}

type BudgetPolicy = Pick<RetryPolicy, 'budgetRatio' | 'budgetReserve'>

export function openRetryBudget(policy: BudgetPolicy): RetryBudget {
  return { balance: policy.budgetReserve }
}

/** The budget after one more request. */
export function payIn(budget: RetryBudget, policy: BudgetPolicy): RetryBudget {
  return { balance: Math.min(Math.max(policy.budgetReserve, 1), budget.balance + policy.budgetRatio) }
}

/** Is a retry affordable? */
export function affordsRetry(budget: RetryBudget): boolean {
  return budget.balance >= 1
}

/** The budget after one more retry, which `affordsRetry` allowed. */
export function takeOut(budget: RetryBudget): RetryBudget {
  return { balance: budget.balance - 1 }
}
