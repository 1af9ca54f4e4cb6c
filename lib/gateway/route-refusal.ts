import type { ErrorCode } from '#lib/contracts/error-catalogue'
import type { Catalog } from '#lib/deployments/catalog'
import { type RegionWish, regionParam } from '#lib/gateway/region-wish'
import type { RouteKind } from '#lib/gateway/route-steps'

/** Why a request can be planned nowhere. */
export interface RouteRefusal {
  ok: false
  code: Extract<ErrorCode, 'model_not_found' | 'model_not_suitable' | 'region_not_available'>
  message: string
  /** The field that is wrong; null when it is none of the request's. */
  param: string | null
}

/** Names from outside are repeated up to this length. */
const longestName = 100

export function unknownModel(model: string, catalog: Catalog): RouteRefusal {
  const tiers = [...catalog.tiers.keys()].join(', ')
  const aliases = [...catalog.aliases.keys()].join(', ')
  const message = `There is no model "${model.slice(0, longestName)}". Tiers: ${tiers}. Deployments: ${aliases}.`
  return { ok: false, code: 'model_not_found', message, param: 'model' }
}

export function unsuitableModel({ kind, model }: { kind: RouteKind; model: string }): RouteRefusal {
  const name = model.slice(0, longestName)
  const message =
    kind === 'embeddings'
      ? `"${name}" does not make embeddings; name an embedding deployment.`
      : `"${name}" makes embeddings only; name a tier or a chat deployment.`
  return { ok: false, code: 'model_not_suitable', message, param: 'model' }
}

export function unknownRegion(wish: RegionWish, catalog: Catalog): RouteRefusal {
  const names = catalog.data.regions.map(({ name }) => name).join(', ')
  const name = wish.region.slice(0, longestName)
  const subject =
    wish.by === 'request' ? 'There is no region' : `The ${wish.by} requires a region there is not:`
  const message = `${subject} "${name}". Regions: ${names}.`
  return { ok: false, code: 'region_not_available', message, param: regionParam(wish) }
}

export function nothingInRegion(wish: RegionWish, model: string): RouteRefusal {
  const advice =
    wish.by === 'request' ? 'Require another region, or only prefer this one' : 'Name another model'
  const message = `The ${wish.by} requires region ${wish.region}, in which "${model.slice(0, longestName)}" has no deployment. ${advice}.`
  return { ok: false, code: 'region_not_available', message, param: regionParam(wish) }
}
