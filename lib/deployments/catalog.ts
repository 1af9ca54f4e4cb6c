import type { CatalogData, DeploymentData, RegionData, TierData } from '#lib/deployments/catalog-schema'

/** A deployment with its region looked up. */
export interface Deployment extends DeploymentData {
  endpoint: string
  regionRole: RegionData['role']
}

export interface Tier extends Omit<TierData, 'chain' | 'legacy'> {
  name: string
  /** Steps in order; deployments within a step are equals. */
  chain: readonly (readonly string[])[]
  /** What served it before, at OpenAI or Anthropic; empty = there is no way back. */
  legacy: readonly (readonly string[])[]
}

/** A checked catalog with its indexes. */
export interface Catalog {
  data: CatalogData
  deployments: ReadonlyMap<string, Deployment>
  tiers: ReadonlyMap<string, Tier>
  /** Alias (a deployment's name at its provider) → ids in the order in which they are tried. */
  aliases: ReadonlyMap<string, readonly string[]>
  embeddings: {
    chain: readonly (readonly string[])[]
    /** Empty = there is no way back. */
    legacy: readonly (readonly string[])[]
    dimensions: number
  } | null
}

/** Builds the indexes of catalog data that `parseCatalog` has found right. */
export function indexCatalog(data: CatalogData): Catalog {
  const regions = new Map(data.regions.map((region) => [region.name, region]))
  const deployments = new Map<string, Deployment>()
  for (const deployment of data.deployments) {
    const region = regions.get(deployment.region)
    if (region)
      deployments.set(deployment.id, { ...deployment, endpoint: region.endpoint, regionRole: region.role })
  }
  const tiers = Object.entries(data.tiers).map(([name, tier]): [string, Tier] => [
    name,
    { ...tier, name, chain: steps(tier.chain), legacy: steps(tier.legacy ?? []) },
  ])
  return {
    data,
    deployments,
    tiers: new Map(tiers),
    aliases: aliasIndex([...deployments.values()]),
    embeddings: data.embeddings
      ? {
          chain: steps(data.embeddings.chain),
          legacy: steps(data.embeddings.legacy ?? []),
          dimensions: data.embeddings.dimensions,
        }
      : null,
  }
}

function steps(chain: TierData['chain']): string[][] {
  return chain.map((step) => (typeof step === 'string' ? [step] : step))
}

const roleOrder = { primary: 0, dr: 1, legacy: 2 } as const

/** Twins of one name in several regions stand primary first; a deployment with a preset is no twin. */
function aliasIndex(deployments: readonly Deployment[]): Map<string, string[]> {
  const index = new Map<string, string[]>()
  const plain = deployments.filter(({ preset }) => preset === undefined)
  const ordered = plain.sort((a, b) => roleOrder[a.regionRole] - roleOrder[b.regionRole])
  for (const { deployment, id } of ordered) index.set(deployment, [...(index.get(deployment) ?? []), id])
  return index
}
