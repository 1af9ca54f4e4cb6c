import { z } from 'zod'
import { chatRequestBody } from '#lib/contracts/openai'
import { answerCacheSettings } from '#lib/gateway/answer-cache-rules'

const count = z.number()
const reason = z.string().trim().min(3).max(500)

/** A warm-up as it goes on or ended: of one instance's memory, or of the Redis that all share. */
export const warmRunView = z.object({
  /** Instance id, or `redis`. */
  holder: z.string(),
  trigger: z.enum(['start', 'purge', 'order']),
  /** `stopped` with its instance, `cost_cap` at the settings' limit, `failing` after several failures in a row. */
  state: z.enum(['running', 'done', 'stopped', 'cost_cap', 'failing']),
  total: count,
  made: count,
  kept: count,
  skipped: count,
  failed: count,
  errorCode: z.string().nullable(),
  costUsd: z.string(),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

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
  /** Requests on the warm-up list. */
  warmUps: count,
  /** Newest first. */
  warmRuns: z.array(warmRunView),
})

/** `POST /api/admin/answer-cache/purge` (operator). */
export const purgeAnswersBody = z.strictObject({
  /** Whose answers; null = everybody's. */
  accountId: z.string().trim().min(1).max(100).nullable(),
  reason,
})

export const purgedAnswersView = z.object({
  /** How many answers the store had; null when it did not answer, and they are not found any more all the same. */
  purged: z.number().nullable(),
})

/** `POST /api/admin/answer-cache/warm-ups` (operator): one more request whose answer is to be kept before anybody asks. */
export const addWarmUpBody = z.strictObject({
  /** The API key in whose name it is asked. */
  keyId: z.string().trim().min(1).max(100),
  /** Must be one whose answer a rule keeps, and name neither creator nor fan. */
  request: chatRequestBody,
  reason,
})

/** `POST /api/admin/answer-cache/warm` (operator): has the list asked, on every instance. */
export const warmAnswersBody = z.strictObject({ reason })

export const warmUpView = z.object({
  id: z.string(),
  accountId: z.string(),
  keyId: z.string(),
  keyName: z.string(),
  model: z.string(),
  operation: z.string().nullable(),
  /** Beginning of the last message, redacted. */
  text: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** Why it is not asked now; null when it is. */
  skippedBecause: z.string().nullable(),
})

/** `GET /api/admin/answer-cache/warm-ups` (operator). */
export const warmUpsView = z.object({ items: z.array(warmUpView) })

export type WarmRunView = z.infer<typeof warmRunView>
export type WarmUpView = z.infer<typeof warmUpView>
export type AnswerCacheView = z.infer<typeof answerCacheView>
export type PurgedAnswersView = z.infer<typeof purgedAnswersView>
