import type { CatalogData } from '#lib/deployments/catalog-schema'

/** What differs between two catalogs, by the place of each part: `deployments/we-premium`, `tiers/premium`, `vision`. */
export interface CatalogChanges {
  before: Readonly<Record<string, unknown>>
  after: Readonly<Record<string, unknown>>
}

/** A part that one of them does not have is null there; both empty when nothing differs. */
export function catalogChanges(from: CatalogData, to: CatalogData): CatalogChanges {
  const [was, is] = [partsOf(from), partsOf(to)]
  const places = [...new Set([...was.keys(), ...is.keys()])].filter(
    (place) => JSON.stringify(was.get(place)) !== JSON.stringify(is.get(place)),
  )
  const pick = (parts: ReadonlyMap<string, unknown>) =>
    Object.fromEntries(places.toSorted().map((place) => [place, parts.get(place) ?? null]))
  return { before: pick(was), after: pick(is) }
}

function partsOf({ regions, deployments, tiers, ...rest }: CatalogData): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ...regions.map((region) => [`regions/${region.name}`, region] as const),
    ...deployments.map((deployment) => [`deployments/${deployment.id}`, deployment] as const),
    ...Object.entries(tiers).map(([name, tier]) => [`tiers/${name}`, tier] as const),
    ...Object.entries(rest),
  ])
}
