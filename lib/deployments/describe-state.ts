import type { DeploymentView } from '#lib/contracts/deployments'
import type { BreakerView } from '#lib/contracts/resilience'

export interface StateFacts {
  breakers: readonly BreakerView[]
  drained: { reason: string } | null
  /** Null when it is not cooling down. */
  cooldownReason: string | null
  requests: number
}

const worst = ['isolated', 'open', 'half_open'] as const

/** The one word for a deployment, and why: the worst of its breakers, an operator's wish, a provider's, or its traffic. */
export function describeState(facts: StateFacts): Pick<DeploymentView, 'state' | 'stateReason'> {
  for (const phase of worst) {
    const breaker = facts.breakers.find((one) => one.phase === phase)
    if (breaker) return { state: phase, stateReason: breaker.reason }
  }
  if (facts.drained) return { state: 'drained', stateReason: facts.drained.reason }
  if (facts.cooldownReason !== null) return { state: 'cooldown', stateReason: facts.cooldownReason }
  return { state: facts.requests > 0 ? 'serving' : 'idle', stateReason: null }
}
