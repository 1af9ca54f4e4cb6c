import { type Catalog, indexCatalog } from '#lib/deployments/catalog'
import type { CatalogData, DeploymentData } from '#lib/deployments/catalog-schema'

/** What was deployed and put in place from here, beside the catalog as it is written. */
export interface CatalogAdditions {
  deployments: readonly DeploymentData[]
  /** Deployment id by tier: it stands first in the tier's chain, the written chain follows. */
  heads: ReadonlyMap<string, string>
}

export const noAdditions: CatalogAdditions = { deployments: [], heads: new Map() }

/**
 * The catalog with its additions. What is written wins: a deployment whose id or region it does not allow, and a head for
 * a tier or of a deployment that is not there, is left out.
 */
export function extendCatalog(catalog: Catalog, { deployments, heads }: CatalogAdditions): Catalog {
  if (deployments.length === 0 && heads.size === 0) return catalog
  const { data } = catalog
  const regions = new Set(data.regions.map(({ name }) => name))
  const taken = new Set([...catalog.deployments.keys(), ...Object.keys(data.tiers)])
  const added = deployments.filter(({ id, region }) => regions.has(region) && !taken.has(id))
  const known = new Set([...catalog.deployments.keys(), ...added.map(({ id }) => id)])
  const tiers = Object.entries(data.tiers).map(([name, tier]): [string, typeof tier] => {
    const head = heads.get(name)
    return [
      name,
      head !== undefined && known.has(head) ? { ...tier, chain: withHead(tier.chain, head) } : tier,
    ]
  })
  return indexCatalog({
    ...data,
    deployments: [...data.deployments, ...added],
    tiers: Object.fromEntries(tiers),
  })
}

type Chain = CatalogData['tiers'][string]['chain']

/** Nobody stands in a chain twice. */
function withHead(chain: Chain, head: string): Chain {
  const rest = chain.flatMap((step): Chain => {
    if (typeof step === 'string') return step === head ? [] : [step]
    const others = step.filter((id) => id !== head)
    return others.length === 0 ? [] : [others]
  })
  return [head, ...rest]
}
