import { z } from 'zod'

export const capacityChangeView = z.object({
  id: z.string(),
  deploymentId: z.string(),
  direction: z.enum(['up', 'down']),
  fromUnits: z.number(),
  toUnits: z.number(),
  unit: z.enum(['kTPM', 'PTU']),
  state: z.enum(['recommended', 'applying', 'applied', 'failed', 'dismissed']),
  reason: z.string(),
  error: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  actorId: z.string().nullable(),
})

/** One deployment's line of the capacity plan. Ratios are 0–1 and above; null = not known. */
export const capacityLineView = z.object({
  deploymentId: z.string(),
  unit: z.enum(['kTPM', 'PTU']),
  /** Null when the catalog states no capacity. */
  currentUnits: z.number().nullable(),
  /** Over the last five minutes. */
  tokensPerMinute: z.number(),
  requestsPerMinute: z.number(),
  /** The fuller of tokens, requests and PTU. */
  utilization: z.number().nullable(),
  /** What is left to the limit, 0–1. */
  headroom: z.number().nullable(),
  verdict: z.enum(['scale_up', 'scale_down', 'keep', 'cooling_down', 'unknown']),
  /** For a person, with the numbers. */
  reason: z.string(),
  recommendedUnits: z.number().nullable(),
  /** Until when the cool-down after the last change holds. */
  coolDownUntil: z.iso.datetime().nullable(),
  /** Can this instance apply it through Azure's resource manager? When not, `applyHint` says what is missing. */
  applicable: z.boolean(),
  applyHint: z.string().nullable(),
  change: capacityChangeView.nullable(),
})

/** `GET /api/admin/capacity` */
export const capacityView = z.object({
  lines: z.array(capacityLineView),
  /** Newest first, at most 50. */
  history: z.array(capacityChangeView),
})

/** `POST /api/admin/capacity/{deploymentId}/apply` (admin) */
export const applyCapacityBody = z.strictObject({
  toUnits: z.int().positive().max(1_000_000),
  reason: z.string().trim().min(3).max(500),
})

export type CapacityChangeView = z.infer<typeof capacityChangeView>
export type CapacityLineView = z.infer<typeof capacityLineView>
export type CapacityView = z.infer<typeof capacityView>
