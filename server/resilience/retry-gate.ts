import type { RetryPolicy } from '#lib/resilience/policy-schema'
import { affordsRetry, openRetryBudget, payIn, type RetryBudget, takeOut } from '#lib/resilience/retry-budget'

/** What this instance knows about asking a deployment again: its retry budget and its last calls. */
export interface RetryGate {
  /** A request is about to ask the deployment for the first time. */
  began(deploymentId: string): void
  affordsRetry(deploymentId: string): boolean
  tookRetry(deploymentId: string): void
  /** How an attempt ended, whoever made it. */
  ended(deploymentId: string, ok: boolean): void
  failuresInARow(deploymentId: string): number
}

interface Entry {
  budget: RetryBudget
  failuresInARow: number
}

export function createRetryGate(options: { policyOf(deploymentId: string): RetryPolicy }): RetryGate {
  const entries = new Map<string, Entry>()
  const of = (id: string): Entry => {
    const known = entries.get(id)
    if (known) return known
    const fresh = { budget: openRetryBudget(options.policyOf(id)), failuresInARow: 0 }
    entries.set(id, fresh)
    return fresh
  }
  return {
    began(id) {
      const entry = of(id)
      entry.budget = payIn(entry.budget, options.policyOf(id))
    },
    affordsRetry: (id) => affordsRetry(of(id).budget),
    tookRetry(id) {
      const entry = of(id)
      entry.budget = takeOut(entry.budget)
    },
    ended(id, ok) {
      const entry = of(id)
      entry.failuresInARow = ok ? 0 : entry.failuresInARow + 1
    },
    failuresInARow: (id) => of(id).failuresInARow,
  }
}
