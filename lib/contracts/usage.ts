import { z } from 'zod'

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

/** `GET /api/v1/usage`: instants or days (UTC); `to` is exclusive. */
export const usageQuery = z
  .object({ from: instant.optional(), to: instant.optional() })
  .refine(({ from, to }) => !from || !to || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be later than from',
  })

export const usageTotals = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  requests: z.number(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  /** Written with all its digits (exact to 10⁻¹² USD); without what could not be priced (`unpricedRequests`). */
  costUsd: z.number(),
  unpricedRequests: z.number(),
})
