import type { Catalog } from '#lib/deployments/catalog'
import type { RouteRequest, RouteSnapshot } from '#lib/gateway/plan-route'

/** A request that wishes nothing particular. */
export const anyone: Pick<RouteRequest, 'region' | 'session' | 'requestId'> = {
  region: null,
  session: null,
  requestId: 'req_1',
}

/** A moment at which all is well and nothing is known of anybody's load. */
export function calmSnapshot(catalog: Catalog): RouteSnapshot {
  return {
    catalog,
    nowMs: 0,
    cooldownUntilMs: new Map(),
    blocks: new Map(),
    drained: new Map(),
    regions: new Map(),
    random: 0,
    loadOf: () => ({ inFlight: 0, headroom: null, latencyMs: null }),
  }
}
