import type { Catalog } from '#lib/deployments/catalog'
import type { RouteReason } from '#lib/gateway/route-plan'
import { mixesRetired, type RouteKind, type RouteStep, routeSteps } from '#lib/gateway/route-steps'

/** The steps of a way through the catalog, and why they are these. */
export interface ChainRoute {
  /** Empty when nothing of it can do this kind of work. */
  steps: readonly RouteStep[]
  /** Some of its models are retired and some are not. */
  mixesRetired: boolean
  reasons: readonly RouteReason[]
}

type Chain = readonly (readonly string[])[]

/** The way along one chain; `where` ends the reasons, e.g. `the chain of tier premium`. */
export function chainRoute(
  chain: Chain,
  { kind, where, catalog }: { kind: RouteKind; where: string; catalog: Catalog },
): ChainRoute {
  const steps = routeSteps(chain, kind, catalog)
  return { steps, mixesRetired: mixesRetired(steps), reasons: chainReasons(chain, where, catalog) }
}

const ordinals = ['first', 'second', 'third']

/** One sentence per deployment of a chain: its place. */
export function chainReasons(chain: Chain, where: string, { deployments }: Catalog): RouteReason[] {
  return chain.flatMap((step, index) => {
    const place = `${ordinals[index] ?? `number ${index + 1}`} in ${where}`
    const provisioned = step.filter((id) => (deployments.get(id)?.capacity?.ptu ?? 0) > 0)
    const first = provisioned.length % step.length === 0 ? '' : ', provisioned throughput first'
    return step.map(
      (deploymentId): RouteReason =>
        step.length === 1
          ? { deploymentId, code: 'tier_chain', text: place }
          : {
              deploymentId,
              code: 'balanced',
              text: `${place}, balanced over ${step.length} deployments${first}`,
            },
    )
  })
}
