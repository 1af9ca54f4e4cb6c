import { z } from 'zod'

const ms = z.int().positive().max(86_400_000)

/** The contract of a region's `health` in the catalog: when it counts as dark, and how traffic comes back. */
export const regionHealthSchema = z
  .strictObject({
    /** How far back calls are looked at. */
    windowMs: z.int().min(1_000).max(3_600_000).default(30_000),
    /** Calls that must have failed, over at least two of its deployments, while none was answered. */
    minimumFailures: z.int().min(1).max(10_000).default(6),
    /** The same for a region of one deployment, whose breaker alone usually does. */
    minimumFailuresAlone: z.int().min(1).max(10_000).default(12),
    /** Pause between two probes while it does not serve plainly. */
    probeEveryMs: z.int().min(100).max(3_600_000).default(5_000),
    probeTimeoutMs: z.int().min(50).max(60_000).default(2_000),
    /** Hysteresis: its probes must have been good for so long without a break before anything goes back. */
    healthyForMs: ms.default(60_000),
    /** Shares of requests, in basis points, that it takes on the way back, before it takes all. */
    stepsBps: z
      .array(z.int().min(1).max(9_999))
      .max(20)
      .refine((steps) => steps.every((step, index) => step > (steps[index - 1] ?? 0)), 'must rise')
      .default([1_000, 2_500, 5_000]),
    /** How long each of these shares is held. */
    stepMs: ms.default(30_000),
  })
  .prefault({})

export type RegionHealthPolicy = z.output<typeof regionHealthSchema>
