import type { Deployment } from '#lib/deployments/catalog'
import type { ProviderTarget } from '#server/gateway/providers/provider'

const targets = new WeakMap<Deployment, ProviderTarget>()

/** A deployment as an adapter needs it. */
export function providerTarget(deployment: Deployment): ProviderTarget {
  const known = targets.get(deployment)
  if (known) return known
  const { id, provider, endpoint, deployment: name, model } = deployment
  const target = { id, provider, endpoint: endpoint.replace(/\/+$/, ''), deployment: name, model }
  targets.set(deployment, target)
  return target
}
