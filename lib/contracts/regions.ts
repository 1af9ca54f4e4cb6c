import { z } from 'zod'

export const regionPhases = ['serving', 'dark', 'recovering', 'failed_over'] as const
export const regionPhase = z.enum(regionPhases)
export type RegionPhase = z.infer<typeof regionPhase>

/** A region as the board shows it; `GET /api/admin/deployments` carries all of them. */
export const regionView = z.object({
  name: z.string(),
  role: z.enum(['primary', 'dr', 'legacy']),
  /** `failed_over` is an operator's decision, `dark` the system's; while `recovering` it takes a share again. */
  phase: regionPhase,
  /** Share of requests it takes while recovering, in basis points. */
  admittedBps: z.number(),
  frozen: z.boolean(),
  reason: z.string(),
  since: z.iso.datetime().nullable(),
  healthySince: z.iso.datetime().nullable(),
  /** When the next step of the failback is due, if all stays well. */
  nextStepAt: z.iso.datetime().nullable(),
  /** Null when it moved by itself. */
  actorId: z.string().nullable(),
})

/** `POST /api/admin/regions/{name}/{fail-over,fail-back,freeze,unfreeze}` (operator) takes `reasonedBody`. */
export const regionTransitionView = z.object({
  id: z.string(),
  fromPhase: regionPhase,
  toPhase: regionPhase,
  admittedBps: z.number(),
  at: z.iso.datetime(),
  reason: z.string(),
  actorId: z.string().nullable(),
  instanceId: z.string(),
})

/** `GET /api/admin/regions/{name}/transitions`, newest first */
export const regionTransitionsView = z.object({ transitions: z.array(regionTransitionView) })

export type RegionView = z.infer<typeof regionView>
export type RegionTransitionsView = z.infer<typeof regionTransitionsView>
