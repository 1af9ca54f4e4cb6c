import { capacityProblems } from '#lib/deployments/capacity-problems'
import { type Catalog, indexCatalog } from '#lib/deployments/catalog'
import { type CatalogData, catalogSchema } from '#lib/deployments/catalog-schema'

export type CatalogResult = { ok: true; catalog: Catalog } | { ok: false; problems: readonly string[] }

/** Checks a catalog whole and names every mistake at once, each with its path. */
export function parseCatalog(input: unknown): CatalogResult {
  const parsed = catalogSchema.safeParse(input)
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'catalog'}: ${issue.message}`),
    }
  }
  const problems = crossCheck(parsed.data)
  return problems.length === 0 ? { ok: true, catalog: indexCatalog(parsed.data) } : { ok: false, problems }
}

function crossCheck(data: CatalogData): string[] {
  const regions = new Set(data.regions.map((region) => region.name))
  const ids = new Set(data.deployments.map((deployment) => deployment.id))
  const chains = namedChains(data)
  return [
    ...repeated(data.regions.map((region) => region.name)).map((name) => `regions: "${name}" is named twice`),
    ...repeated(data.deployments.map((deployment) => deployment.id)).map(
      (id) => `deployments: "${id}" is named twice`,
    ),
    ...data.deployments
      .filter((deployment) => !regions.has(deployment.region))
      .map((deployment) => `deployments.${deployment.id}.region: there is no region "${deployment.region}"`),
    ...Object.keys(data.tiers)
      .filter((name) => ids.has(name))
      .map((name) => `tiers.${name}: a deployment has the same name`),
    ...(Object.keys(data.tiers).length === 0 ? ['tiers: must name at least one tier'] : []),
    ...chains.flatMap(([path, chain]) => chainProblems(path, chain.flat(), ids)),
    ...chains.flatMap(([path, chain]) => (path.endsWith('.legacy') ? legacyProblems(path, chain, data) : [])),
    ...Object.entries(data.tiers).flatMap(([name, tier]) => fallbackProblems(name, tier, data)),
    ...capacityProblems(data),
  ]
}

type ChainData = CatalogData['tiers'][string]['chain']

/** Every chain of the catalog with its path. */
function namedChains({ tiers, embeddings, vision }: CatalogData): [string, ChainData][] {
  const found: [string, ChainData | undefined][] = [
    ...Object.entries(tiers).flatMap(([name, { chain, legacy }]): [string, ChainData | undefined][] => [
      [`tiers.${name}.chain`, chain],
      [`tiers.${name}.legacy`, legacy],
    ]),
    ['embeddings.chain', embeddings?.chain],
    ['embeddings.legacy', embeddings?.legacy],
    ['vision.chain', vision?.chain],
  ]
  return found.flatMap(([path, chain]) => (chain ? [[path, chain]] : []))
}

/** The way back leads away from Azure, or it is none. */
function legacyProblems(path: string, chain: ChainData, data: CatalogData): string[] {
  const azure = new Set(
    data.deployments.filter(({ provider }) => provider === 'azure-openai').map(({ id }) => id),
  )
  return chain
    .flat()
    .filter((id) => azure.has(id))
    .map(
      (id) =>
        `${path}: "${id}" is a deployment of Azure OpenAI; a legacy chain names OpenAI's or Anthropic's`,
    )
}

function fallbackProblems(
  name: string,
  { policy }: CatalogData['tiers'][string],
  data: CatalogData,
): string[] {
  const { tier } = policy.whenExhausted
  const path = `tiers.${name}.policy.whenExhausted.tier`
  if (tier === null) return []
  if (tier === name) return [`${path}: a tier cannot be its own fallback`]
  return Object.hasOwn(data.tiers, tier) ? [] : [`${path}: there is no tier "${tier}"`]
}

function chainProblems(path: string, members: readonly string[], ids: ReadonlySet<string>): string[] {
  return [
    ...members.filter((id) => !ids.has(id)).map((id) => `${path}: there is no deployment "${id}"`),
    ...repeated(members).map((id) => `${path}: "${id}" stands there twice`),
  ]
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}
