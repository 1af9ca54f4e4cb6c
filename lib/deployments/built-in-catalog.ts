import type { CatalogInput } from '#lib/deployments/catalog-schema'

/**
 * The deployments of the migration plan in West Europe with their twins in North Europe, and the old providers'
 * models, which are each tier's way back.
 *
 * Lifecycle: Microsoft's model retirement schedule as read on 2026-10-05 (gpt-4 and gpt-35-turbo are retired,
 * gpt-4-turbo no longer stands in it). Stages are data with a date, since the schedule moves both ways.
 */
export interface BuiltInEndpoints {
  primary: string
  dr: string
  openai: string
  anthropic: string
}

const asOf = '2026-10-05'
const retired = (replacement: string, retiresOn: string | null) => ({
  stage: 'retired' as const,
  retiresOn,
  asOf,
  replacement,
})

const models = [
  {
    suffix: 'premium',
    deployment: 'gpt-4-turbo-prod',
    model: 'gpt-4-turbo',
    contextTokens: 128_000,
    capacity: { tokensPerMinute: 80_000, requestsPerMinute: 480 },
    lifecycle: retired('gpt-5.1', null),
  },
  {
    suffix: 'standard',
    deployment: 'gpt-4-standard-prod',
    model: 'gpt-4',
    contextTokens: 8_192,
    capacity: { tokensPerMinute: 80_000, requestsPerMinute: 480 },
    lifecycle: retired('gpt-5.1', '2025-06-06'),
  },
  {
    suffix: 'economy',
    deployment: 'gpt-35-turbo-prod',
    model: 'gpt-35-turbo',
    contextTokens: 16_385,
    capacity: { tokensPerMinute: 240_000, requestsPerMinute: 1_440 },
    lifecycle: retired('gpt-5-mini', null),
  },
  {
    suffix: 'embeddings',
    deployment: 'text-embedding-ada-002',
    model: 'text-embedding-ada-002',
    contextTokens: 8_192,
    capacity: { tokensPerMinute: 350_000, requestsPerMinute: 2_100 },
    lifecycle: { stage: 'ga' as const, retiresOn: '2028-02-09', asOf, replacement: null },
  },
]

const legacyModels = [
  {
    id: 'openai-gpt-4-turbo',
    region: 'openai',
    provider: 'openai' as const,
    model: 'gpt-4-turbo',
    contextTokens: 128_000,
  },
  { id: 'openai-gpt-4', region: 'openai', provider: 'openai' as const, model: 'gpt-4', contextTokens: 8_192 },
  {
    id: 'openai-gpt-35-turbo',
    region: 'openai',
    provider: 'openai' as const,
    model: 'gpt-3.5-turbo',
    contextTokens: 16_385,
  },
  {
    id: 'anthropic-claude-sonnet',
    region: 'anthropic',
    provider: 'anthropic' as const,
    model: 'claude-sonnet-5',
    contextTokens: 200_000,
  },
]

/** The built-in catalog over the given endpoints. */
export function builtInCatalog(endpoints: BuiltInEndpoints): CatalogInput {
  return {
    regions: [
      { name: 'westeurope', endpoint: endpoints.primary, role: 'primary' },
      { name: 'northeurope', endpoint: endpoints.dr, role: 'dr' },
      { name: 'openai', endpoint: endpoints.openai, role: 'legacy' },
      { name: 'anthropic', endpoint: endpoints.anthropic, role: 'legacy' },
    ],
    deployments: [
      ...models.map(({ suffix, ...rest }) => ({ ...rest, id: `we-${suffix}`, region: 'westeurope' })),
      ...models.map(({ suffix, ...rest }) => ({ ...rest, id: `ne-${suffix}`, region: 'northeurope' })),
      ...legacyModels.map((row) => ({ ...row, deployment: row.model })),
    ],
    tiers: {
      premium: {
        chain: ['we-premium', 'we-standard', 'ne-premium'],
        legacy: ['openai-gpt-4-turbo', 'anthropic-claude-sonnet'],
        maxOutputTokens: 4096,
      },
      standard: {
        chain: ['we-standard', 'we-economy', 'ne-standard'],
        legacy: ['openai-gpt-4'],
        maxOutputTokens: 2048,
      },
      economy: {
        chain: ['we-economy', 'ne-economy'],
        legacy: ['openai-gpt-35-turbo'],
        maxOutputTokens: 1024,
      },
    },
    embeddings: {
      deployment: 'text-embedding-ada-002',
      dimensions: 1536,
      chain: ['we-embeddings', 'ne-embeddings'],
    },
  }
}
