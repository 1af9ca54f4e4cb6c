import type { CatalogInput } from '../../../lib/deployments/catalog-schema.ts'

/** Retries of one deployment in one request never exceed it. */
export const MAX_ATTEMPTS = 3
export const SOAK_TIERS = ['premium', 'standard', 'economy'] as const
export const DEADLINE_MS = 4_000

/** Short times, so that breakers open and close often and bulkheads fill. */
const policy = {
  retry: { maxAttempts: MAX_ATTEMPTS, baseMs: 20, capMs: 200, budgetRatio: 0.3, budgetReserve: 20 },
  breaker: { windowMs: 2_000, minimumCalls: 5, openForMs: 500, openForMaxMs: 2_000 },
  latencyBreaker: { windowMs: 2_000, minimumCalls: 5, openForMs: 500, openForMaxMs: 2_000, slowMs: 400 },
  bulkhead: { maxInFlight: 8, queue: 8, maxWaitMs: 300 },
}

const times = {
  deadlineMs: DEADLINE_MS,
  attemptTimeoutMs: 1_200,
  ttftMs: 800,
  idleMs: 500,
  totalMs: 10_000,
}

/** Five deployments in two regions, each region an upstream of its own; the first tier hedges, the last one repeats. */
export function soakCatalog(west: string, north: string): CatalogInput {
  const deployment = (id: string, region: string) => ({
    id,
    region,
    deployment: id,
    model: 'gpt-4-turbo',
    contextTokens: id === 'ne-premium' ? 256_000 : 128_000,
  })
  return {
    regions: [
      { name: 'westeurope', endpoint: west, role: 'primary' },
      { name: 'northeurope', endpoint: north, role: 'dr' },
    ],
    deployments: [
      deployment('we-premium', 'westeurope'),
      deployment('we-standard-a', 'westeurope'),
      deployment('we-standard-b', 'westeurope'),
      deployment('ne-premium', 'northeurope'),
      deployment('ne-standard', 'northeurope'),
    ],
    tiers: {
      premium: {
        ...times,
        chain: ['we-premium', 'we-standard-a', 'ne-premium'],
        policy: { ...policy, hedge: { enabled: true, defaultDelayMs: 150, maxShare: 0.2 } },
      },
      standard: {
        ...times,
        chain: [['we-standard-a', 'we-standard-b'], 'ne-standard'],
        policy: { ...policy, contentFilterFallback: true },
      },
      economy: {
        ...times,
        chain: ['ne-standard', 'we-standard-b'],
        policy: { ...policy, whenExhausted: { cachedAnswerMaxAgeMs: 5_000, tier: 'premium' } },
      },
    },
  }
}
