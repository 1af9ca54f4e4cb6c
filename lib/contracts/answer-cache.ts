import { z } from 'zod'
import { answerCacheSettings } from '#lib/gateway/answer-cache-rules'

const count = z.number()

/** `GET /api/admin/answer-cache`: the last 24 hours of all instances, and the room that kept answers take. */
export const answerCacheView = z.object({
  settings: answerCacheSettings,
  /** Where answers are kept: this instance's memory, or Redis that all share. */
  store: z.enum(['memory', 'redis']),
  /** Null when the store does not answer. */
  size: z.object({ entries: count, bytes: count, maxBytes: count, evictions: count }).nullable(),
  /** Since `from`. */
  from: z.iso.datetime(),
  hits: count,
  misses: count,
  bypasses: count,
  /** Repeated because nothing else was left. */
  stale: count,
  /** Hits of hits and misses; null while there was neither. */
  hitRatio: z.number().nullable(),
  /** Decimal USD, exact. */
  savedUsd: z.string(),
})

/** `POST /api/admin/answer-cache/purge` (operator). */
export const purgeAnswersBody = z.strictObject({
  /** Whose answers; null = everybody's. */
  accountId: z.string().trim().min(1).max(100).nullable(),
  reason: z.string().trim().min(3).max(500),
})

export const purgedAnswersView = z.object({
  /** How many answers the store had; null when it did not answer, and they are not found any more all the same. */
  purged: z.number().nullable(),
})

export type AnswerCacheView = z.infer<typeof answerCacheView>
export type PurgedAnswersView = z.infer<typeof purgedAnswersView>
