import type { Catalog, Tier } from '#lib/deployments/catalog'
import { defaultTierPolicy, type TierPolicy } from '#lib/resilience/policy-schema'

/** What holds for a deployment whoever asks it. */
export interface DeploymentPolicy {
  policy: TierPolicy
  /** First tokens later than this, in milliseconds, are timeouts. */
  ttftMs: number
}

const outsideEveryTier: DeploymentPolicy = { policy: defaultTierPolicy, ttftMs: 8_000 }
const known = new WeakMap<Catalog, Map<string, DeploymentPolicy>>()

/**
 * The policy of a deployment's breakers and bulkhead: that of the tier in whose chain it stands earliest, legacy
 * chains behind the others (ties: the tier that the catalog names first), since one deployment serves several tiers but has one breaker per signal.
 */
export function deploymentPolicy(catalog: Catalog, deploymentId: string): DeploymentPolicy {
  const index = known.get(catalog) ?? indexPolicies(catalog)
  known.set(catalog, index)
  return index.get(deploymentId) ?? outsideEveryTier
}

function indexPolicies(catalog: Catalog): Map<string, DeploymentPolicy> {
  const found = new Map<string, { step: number; tier: Tier }>()
  for (const tier of catalog.tiers.values()) {
    for (const [step, ids] of [...tier.chain, ...tier.legacy].entries()) {
      for (const id of ids)
        if (step < (found.get(id)?.step ?? Number.POSITIVE_INFINITY)) found.set(id, { step, tier })
    }
  }
  return new Map([...found].map(([id, { tier }]) => [id, { policy: tier.policy, ttftMs: tier.ttftMs }]))
}
