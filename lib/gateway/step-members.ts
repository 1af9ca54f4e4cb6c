import type { Catalog, Deployment } from '#lib/deployments/catalog'
import type { BalancedMember } from '#lib/gateway/balance-step'
import type { RouteKind } from '#lib/gateway/resolve-model'

const known = new WeakMap<readonly string[], Record<RouteKind, readonly BalancedMember[]>>()

/** The deployments of one chain step that can do this kind of work, with their weights. Remembered with the step. */
export function stepMembers(
  ids: readonly string[],
  kind: RouteKind,
  catalog: Catalog,
): readonly BalancedMember[] {
  const found = known.get(ids)
  if (found) return found[kind]
  const deployments = ids.flatMap((id) => catalog.deployments.get(id) ?? [])
  const members = {
    chat: toMembers(deployments.filter(({ model }) => !isEmbedding(model))),
    embeddings: toMembers(deployments.filter(({ model }) => isEmbedding(model))),
  }
  known.set(ids, members)
  return members[kind]
}

function isEmbedding(model: string): boolean {
  return /embed/i.test(model)
}

/** Weights are relative to the step's mean; where one capacity is not stated, all count the same. */
function toMembers(deployments: readonly Deployment[]): BalancedMember[] {
  const stated = deployments.map(({ capacity }) =>
    isProvisioned(capacity) ? (capacity?.ptu ?? 0) : (capacity?.tokensPerMinute ?? 0),
  )
  const isStated = stated.every((size) => size > 0) && new Set(deployments.map(provisionedOf)).size === 1
  const mean = stated.reduce((sum, size) => sum + size, 0) / stated.length
  return deployments.map((deployment, index) => ({
    deploymentId: deployment.id,
    weight: isStated ? (stated[index] ?? mean) / mean : 1,
    provisioned: provisionedOf(deployment),
  }))
}

function provisionedOf({ capacity }: Deployment): boolean {
  return isProvisioned(capacity)
}

function isProvisioned(capacity: Deployment['capacity']): boolean {
  return (capacity?.ptu ?? 0) > 0
}
