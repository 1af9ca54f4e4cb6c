import { z } from 'zod'
import { breakerPhases, breakerSignals } from '#lib/resilience/breaker-signal'

export const breakerSignal = z.enum(breakerSignals)
export const breakerPhase = z.enum(breakerPhases)

/** One breaker as the board shows it. */
export const breakerView = z.object({
  signal: breakerSignal,
  phase: breakerPhase,
  /** For a person; empty while closed and never moved. */
  reason: z.string(),
  /** Null when it never moved. */
  since: z.iso.datetime().nullable(),
  /** When the next probe may go; null unless open. */
  retryAt: z.iso.datetime().nullable(),
  /** When the isolation ends by itself. */
  isolatedUntil: z.iso.datetime().nullable(),
  /** Times it opened since midnight UTC, all instances. */
  opensToday: z.number(),
  /** Of the sliding window on this instance; while it is not closed, of the window that opened it. */
  calls: z.number(),
  errorRatio: z.number().nullable(),
})

/** One move of a breaker, newest first in lists. */
export const breakerTransitionView = z.object({
  id: z.string(),
  signal: breakerSignal,
  fromPhase: breakerPhase,
  toPhase: breakerPhase,
  at: z.iso.datetime(),
  reason: z.string(),
  /** The requests that caused it, oldest first, at most 20. */
  evidence: z.array(z.object({ requestId: z.string(), failureClass: z.string(), at: z.iso.datetime() })),
  instanceId: z.string(),
  /** Null when it moved by itself. */
  actorId: z.string().nullable(),
})

/** `GET /api/admin/deployments/{id}/transitions` */
export const transitionsView = z.object({ transitions: z.array(breakerTransitionView) })

export const reason = z.string().trim().min(3).max(500)

/** `POST /api/admin/deployments/{id}/isolate` (operator). Without `forMs` it holds until somebody releases it. */
export const isolateBody = z.strictObject({
  reason,
  forMs: z
    .int()
    .min(1_000)
    .max(30 * 86_400_000)
    .nullable()
    .default(null),
})

/** `POST /api/admin/deployments/{id}/{release,close,drain,undrain}` (operator) */
export const reasonedBody = z.strictObject({ reason })

/** `POST /api/admin/deployments/{id}/test` (operator): one small call past breaker and plan, in the ledger as `test`. */
export const testCallView = z.object({
  ok: z.boolean(),
  requestId: z.string(),
  durationMs: z.number(),
  /** What it answered, at most 200 characters. */
  text: z.string().nullable(),
  failure: z.object({ class: z.string(), status: z.number().nullable(), message: z.string() }).nullable(),
})

export type BreakerView = z.infer<typeof breakerView>
export type BreakerTransitionView = z.infer<typeof breakerTransitionView>
export type TransitionsView = z.infer<typeof transitionsView>
export type TestCallView = z.infer<typeof testCallView>
