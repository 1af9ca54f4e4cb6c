import { z } from 'zod'
import { bucketOf } from '#lib/gateway/hash-unit'

/** 10⁻¹² USD as decimal digits. */
export const shadowCap = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, 'must be a whole number of pico-USD above 0 and below a million USD')

/** What a shadow step (share 0) mirrors, and what that may cost. */
export const shadowPlanSchema = z.strictObject({
  /** Share of the requests that the baseline answered, in basis points. */
  sampleBps: z.int().min(1).max(10_000).default(1_000),
  /** 10⁻¹² USD that mirrors, their embeddings and their judge may cost over the rollout's whole life. */
  capPicoUsd: shadowCap.default('10000000000000'),
  /** Compare the meaning of both answers by their embeddings? */
  embeddings: z.boolean().default(true),
  /** The tier that scores both answers without knowing whose they are; null = nobody does. */
  judgeTier: z.string().trim().min(1).max(100).nullable().default(null),
  /** Share of the pairs without a breaking difference that the step needs; null = it needs none. */
  minimumParity: z.number().min(0).max(1).nullable().default(0.95),
})

export type ShadowPlan = z.infer<typeof shadowPlanSchema>

/** 10 % of the requests, up to 10 USD. */
export const defaultShadowPlan: ShadowPlan = shadowPlanSchema.parse({})

/**
 * Whether a request is mirrored: a function of the rollout's salt, as `<salt> shadow`, and the request's id, so every
 * instance and every restart say the same. Independent of who is in which share.
 */
export function isMirrored({
  salt,
  requestId,
  sampleBps,
}: {
  salt: string
  requestId: string
  sampleBps: number
}): boolean {
  return bucketOf(`${salt} shadow`, requestId) < sampleBps
}
