import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { parityClasses } from '#lib/migration/compare-answers'
import { shadowCap } from '#lib/traffic/shadow-plan'
import { mirrorDrops } from '#lib/traffic/shadow-report'

const parityClass = z.enum(parityClasses)
const time = z.iso.datetime()

/** `GET /api/admin/rollouts/{id}/shadow` (viewer): what its mirrors cost and found. */
export const shadowView = z.object({
  capPicoUsd: picoUsd,
  spentPicoUsd: picoUsd,
  /** Beside what is spent: set aside for calls under way. */
  reservedPicoUsd: picoUsd,
  /** Since when nothing is mirrored any more. */
  capReachedAt: time.nullable(),
  /** Compared pairs that are still kept. */
  pairs: z.number(),
  /** Without any difference, and without one that can break what a caller does with the answer. */
  alike: z.number(),
  unbroken: z.number(),
  /** By class, most frequent first; a pair may have several. */
  differences: z.array(z.object({ name: parityClass, pairs: z.number() })),
  /** Median of the embeddings' distances; null where none was measured. */
  medianDistance: z.number().nullable(),
  /** Sampled requests that were not mirrored, most frequent first. */
  dropped: z.array(z.object({ why: z.enum(mirrorDrops), requests: z.number() })),
})

/** `GET /api/admin/rollouts/{id}/pairs` (viewer), newest first; `…/pairs.csv` takes the same filter. */
export const shadowPairsQuery = z.object({
  /** Pairs with this difference only; `none` = without any. */
  difference: z.enum([...parityClasses, 'none']).optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(20),
})

export const shadowPair = z.object({
  /** The mirror's request, and the caller's. */
  id: z.string(),
  requestId: z.string(),
  at: time,
  operation: z.string(),
  baselineDeployment: z.string(),
  candidateDeployment: z.string(),
  differences: z.array(parityClass),
  breaking: z.boolean(),
  /** 0–2; null = not measured. */
  distance: z.number().nullable(),
  /** Characters, candidate ÷ baseline. */
  lengthRatio: z.number().nullable(),
  baselineMs: z.number(),
  candidateMs: z.number(),
  baselinePicoUsd: picoUsd.nullable(),
  candidatePicoUsd: picoUsd.nullable(),
  /** Of embeddings and judge. */
  comparisonPicoUsd: picoUsd,
  judged: z.object({ baseline: z.number(), candidate: z.number() }).nullable(),
  /** Redacted beginnings; null where texts are not kept, or do not differ. */
  baselineText: z.string().nullable(),
  candidateText: z.string().nullable(),
})

export const shadowPairsPage = z.object({ rows: z.array(shadowPair), nextCursor: z.string().nullable() })

/** `POST /api/admin/rollouts/{id}/shadow` (operator): another cap; above what is spent, mirroring goes on. */
export const shadowCapBody = z.strictObject({
  capPicoUsd: shadowCap,
  reason: z.string().trim().min(3).max(500),
})

/** What came of it. */
export const shadowCapReceipt = z.object({ capPicoUsd: picoUsd })

export type ShadowView = z.infer<typeof shadowView>
export type ShadowPair = z.infer<typeof shadowPair>
export type ShadowPairsQuery = z.infer<typeof shadowPairsQuery>
export type ShadowPairsPage = z.infer<typeof shadowPairsPage>
export type ShadowCapBody = z.infer<typeof shadowCapBody>
