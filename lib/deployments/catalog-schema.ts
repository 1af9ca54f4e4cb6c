import { z } from 'zod'
import { resourceManagerSchema, scalingSchema } from '#lib/deployments/capacity-scaling'
import { presetSchema } from '#lib/deployments/deployment-preset'
import { regionHealthSchema } from '#lib/deployments/region-policy'
import { tierPolicySchema } from '#lib/resilience/policy-schema'

/**
 * The contract of the catalog file (`HUNTAZE_CATALOG`): regions, deployments, tiers. Everything but names,
 * endpoints and chains has a default. Cross-checks (unknown or repeated names) are in `parse-catalog`.
 */
const name = z.string().regex(/^[a-zA-Z0-9._-]{1,100}$/, 'must be 1 to 100 letters, digits, ".", "_" or "-"')
const positive = z.int().positive()
const step = z.union([name, z.array(name).min(1)])
const chain = z.array(step).min(1, 'must name at least one deployment')

const region = z.strictObject({
  name,
  endpoint: z.url(),
  role: z.enum(['primary', 'dr', 'legacy']).default('primary'),
  /** Where the capacity of its deployments can be changed; without it changes are recommendations. */
  resourceManager: resourceManagerSchema.optional(),
  health: regionHealthSchema,
})

const capacity = z.strictObject({
  tokensPerMinute: z.int().nonnegative().optional(),
  requestsPerMinute: z.int().nonnegative().optional(),
  ptu: z.int().nonnegative().default(0),
  enforce: z.boolean().default(false),
})

export const lifecycleStage = z.enum(['preview', 'ga', 'legacy', 'deprecated', 'retired', 'unknown'])

const lifecycle = z.strictObject({
  stage: lifecycleStage,
  retiresOn: z.iso.date().nullable().default(null),
  /** The day on which this was read from the provider's schedule. */
  asOf: z.iso.date().nullable().default(null),
  replacement: z.string().nullable().default(null),
})

const deployment = z.strictObject({
  id: name,
  region: name,
  /** Azure's deployment name; for the legacy providers the model's name there. Callers may use it as an alias. */
  deployment: name,
  model: z.string().min(1).max(100),
  provider: z.enum(['azure-openai', 'openai', 'anthropic']).default('azure-openai'),
  contextTokens: positive.nullable().default(null),
  capacity: capacity.optional(),
  /** When its capacity should grow or shrink; without it the defaults hold. */
  scaling: scalingSchema.optional(),
  lifecycle: lifecycle.optional(),
  /** A prompt and parameters of its own: such a deployment is asked by its id alone, not by its name. */
  preset: presetSchema.optional(),
})

const bounds = z
  .strictObject({ min: z.number().min(0).max(2).default(0), max: z.number().min(0).max(2).default(2) })
  .refine(({ min, max }) => min <= max, 'min must not exceed max')

const tier = z.strictObject({
  chain,
  /** What served the tier before the migration, at OpenAI or Anthropic: the way back. */
  legacy: chain.optional(),
  maxOutputTokens: positive.default(4096),
  /**
   * To the first content token when streaming (default 60 s), to the whole answer otherwise (default 180 s).
   */
  deadlineMs: positive.optional(),
  ttftMs: positive.default(8_000),
  /** Silence between chunks after the first content token. */
  idleMs: positive.default(10_000),
  totalMs: positive.default(600_000),
  /** Silence before response headers when streaming (default 30 s), the whole answer otherwise (default 120 s). */
  attemptTimeoutMs: positive.optional(),
  temperature: bounds.default({ min: 0, max: 2 }),
  policy: tierPolicySchema.prefault({}),
})

export const catalogSchema = z.strictObject({
  regions: z.array(region).min(1),
  deployments: z.array(deployment).min(1),
  tiers: z.record(name, tier),
  embeddings: z
    .strictObject({
      deployment: name.optional(),
      dimensions: positive.default(1536),
      chain,
      /** Only where the old provider's vectors are the same: others cannot be compared with those that are stored. */
      legacy: chain.optional(),
    })
    .optional(),
  vision: z.strictObject({ chain }).optional(),
})

export type CatalogInput = z.input<typeof catalogSchema>
export type CatalogData = z.output<typeof catalogSchema>
export type DeploymentData = CatalogData['deployments'][number]
export type RegionData = CatalogData['regions'][number]
export type TierData = CatalogData['tiers'][string]
