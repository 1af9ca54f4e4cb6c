import type { Catalog, Deployment } from '#lib/deployments/catalog'
import type { BalancedMember } from '#lib/gateway/balance-step'

export type RouteKind = 'chat' | 'embeddings'

/** A deployment of a chain as planning needs it. */
export interface StepMember extends BalancedMember {
  region: string
  /** Its model is retired by the provider's schedule. */
  retired: boolean
}

/** One step of a chain: deployments that are equals. */
export interface RouteStep {
  /** Position in the chain, from 0. */
  step: number
  members: readonly StepMember[]
}

/** The steps of a chain with the members that can do this kind of work; steps without any are left out. */
export function routeSteps(
  chain: readonly (readonly string[])[],
  kind: RouteKind,
  catalog: Catalog,
): readonly RouteStep[] {
  return chain.flatMap((ids, step) => {
    const members = toMembers(
      ids
        .flatMap((id) => catalog.deployments.get(id) ?? [])
        .filter(({ model }) => /embed/i.test(model) === (kind === 'embeddings')),
    )
    return members.length === 0 ? [] : [{ step, members }]
  })
}

/** Are some of their models retired and some not? */
export function mixesRetired(steps: readonly RouteStep[]): boolean {
  const all = steps.flatMap(({ members }) => members)
  return all.some(({ retired }) => retired) && all.some(({ retired }) => !retired)
}

/** The steps with the members of one region; steps without any are left out. */
export function stepsWithin(region: string, steps: readonly RouteStep[]): readonly RouteStep[] {
  return steps
    .map(({ step, members }) => ({ step, members: members.filter((member) => member.region === region) }))
    .filter(({ members }) => members.length > 0)
}

type Capacity = NonNullable<Deployment['capacity']>
type Size = (capacity: Capacity) => number | undefined

const provisionedSizes: readonly Size[] = [({ ptu }) => ptu]
const otherSizes: readonly Size[] = [
  ({ tokensPerMinute }) => tokensPerMinute,
  ({ requestsPerMinute }) => requestsPerMinute,
]

function toMembers(deployments: readonly Deployment[]): StepMember[] {
  const weights = new Map([
    ...weightsOf(deployments.filter(isProvisioned), provisionedSizes),
    ...weightsOf(
      deployments.filter((one) => !isProvisioned(one)),
      otherSizes,
    ),
  ])
  return deployments.map((deployment) => ({
    deploymentId: deployment.id,
    weight: weights.get(deployment.id) ?? 1,
    provisioned: isProvisioned(deployment),
    region: deployment.region,
    retired: deployment.lifecycle?.stage === 'retired',
  }))
}

function isProvisioned({ capacity }: Deployment): boolean {
  return (capacity?.ptu ?? 0) > 0
}

/** Relative to the mean of those balanced with each other, by the first size that all of them state; without one all are equal. */
function weightsOf(deployments: readonly Deployment[], sizes: readonly Size[]): [string, number][] {
  for (const size of sizes) {
    const stated = deployments.map(({ capacity }) => (capacity && size(capacity)) || 0)
    if (!stated.every((one) => one > 0)) continue
    const mean = stated.reduce((sum, one) => sum + one, 0) / stated.length
    return deployments.map(({ id }, index) => [id, (stated[index] ?? mean) / mean])
  }
  return deployments.map(({ id }) => [id, 1])
}
