import { z } from 'zod'
import { provisionedSkus, standardSkus } from '#lib/deployments/capacity-sizes'

/**
 * The contract of a deployment's `scaling` in the catalog: when its capacity should grow or shrink, how far, and how
 * often. Everything has a default; impossible settings are refused with their path.
 */
const units = z.int().positive().max(1_000_000)
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const watchedFor = (longestMs: number) => z.int().min(minuteMs).max(longestMs)
const coolDown = z
  .int()
  .min(minuteMs)
  .max(7 * 24 * hourMs)

export const scalingSchema = z
  .strictObject({
    /** Azure's SKU name, which decides the sizes it comes in; null = `Standard`, with PTU `ProvisionedManaged`. */
    sku: z
      .enum([...standardSkus, ...provisionedSkus])
      .nullable()
      .default(null),
    /** Size of a step for models whose sizes are not built in; null = the built-in table. */
    unitStep: units.nullable().default(null),
    /** Never below; null = the smallest size, in a `dr` region what the catalog states as its capacity. */
    minUnits: units.nullable().default(null),
    /** Never above; null = no bound but Azure's quota. */
    maxUnits: units.nullable().default(null),
    /** Changes are applied without asking anybody. Needs `maxUnits` and a region with `resourceManager`. */
    autoApply: z.boolean().default(false),
    /** Grows when it is fuller than this in every minute of `upForMs`. */
    upAbove: z.number().gt(0).max(1).default(0.8),
    upForMs: watchedFor(hourMs).default(5 * minuteMs),
    /** Grows, too, when more than this share of its calls in `upForMs` was refused for its rate. */
    rateLimitedAbove: z.number().min(0).max(1).default(0.05),
    /** Share of its size by which it grows, rounded up to the next size. */
    upBy: z.number().gt(0).max(10).default(0.25),
    /** Between any change and growth. */
    upCoolDownMs: coolDown.default(15 * minuteMs),
    /** Shrinks when it is emptier than this in every minute of `downForMs`; 0 = never. */
    downBelow: z.number().min(0).lt(1).default(0.3),
    downForMs: watchedFor(24 * hourMs).default(hourMs),
    downBy: z.number().gt(0).lt(1).default(0.25),
    /** Between any change and shrinking. */
    downCoolDownMs: coolDown.default(hourMs),
  })
  .refine(({ minUnits, maxUnits }) => minUnits === null || maxUnits === null || minUnits <= maxUnits, {
    error: 'must not exceed maxUnits',
    path: ['minUnits'],
  })
  .refine(({ downBelow, upAbove }) => downBelow < upAbove, {
    error: 'must be less than upAbove',
    path: ['downBelow'],
  })
  .refine(({ autoApply, maxUnits }) => !autoApply || maxUnits !== null, {
    error: 'must be stated where autoApply is true',
    path: ['maxUnits'],
  })

export type ScalingPolicy = z.output<typeof scalingSchema>

/** The rules of a deployment that states none: recommendations only. */
export const defaultScaling: ScalingPolicy = scalingSchema.parse({})

/**
 * Where Azure's resource manager finds the account of a region; with it, changes of capacity can be applied from here.
 * `endpoint` is another cloud's resource manager; it must be https, since bearer tokens go there.
 */
export const resourceManagerSchema = z.strictObject({
  subscriptionId: z.guid(),
  resourceGroup: z.string().regex(/^[\p{L}\p{N}._()-]{1,89}[\p{L}\p{N}_()-]$/u, 'must be a resource group'),
  account: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]{1,63}$/, 'must be the name of an Azure OpenAI account'),
  endpoint: z
    .url({ protocol: /^https$/, error: 'must be an https:// address: bearer tokens go there' })
    .optional(),
})

export type ResourceManager = z.output<typeof resourceManagerSchema>
