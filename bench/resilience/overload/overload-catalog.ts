import type { CatalogInput } from '../../../lib/deployments/catalog-schema.ts'

/** The upstream of the overload: places at full speed, milliseconds a call takes there, and what more calls cost. */
export const UPSTREAM = { places: 24, serviceMs: 60, lossPerDoubling: 0.05 }
/** As many calls in flight as the upstream has places, and a queue that is empty again within a tenth of a second. */
export const SHEDDING = { maxInFlight: UPSTREAM.places, queue: 12, maxWaitMs: 100 }
/** Everything is let through. */
export const OPEN = { maxInFlight: 100_000, queue: 0 }

export type Bulkhead = typeof SHEDDING | typeof OPEN

/** A tier of one deployment behind `bulkhead`. */
export function overloadCatalog(endpoint: string, bulkhead: Bulkhead): CatalogInput {
  return {
    regions: [{ name: 'westeurope', endpoint, role: 'primary' }],
    deployments: [
      {
        id: 'we-premium',
        region: 'westeurope',
        deployment: 'gpt-4-turbo-prod',
        model: 'gpt-4-turbo',
        contextTokens: 128_000,
      },
    ],
    tiers: { premium: { chain: ['we-premium'], policy: { bulkhead } } },
  }
}
