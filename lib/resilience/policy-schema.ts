import { z } from 'zod'

/**
 * The contract of a tier's `policy` in the catalog. Everything has a default; impossible settings are refused with
 * their path. The order in which the policies wrap a call is in docs/resilience.md.
 */
const ms = z.int().positive().max(86_400_000)
const ratio = z.number().gt(0).max(1)

const breaker = {
  /** Opens when the share of failed calls in the window *exceeds* this. */
  errorRatio: ratio.default(0.5),
  windowMs: z.int().min(1_000).max(3_600_000).default(30_000),
  /** Calls (retries count) that the window must hold before the ratio means anything. */
  minimumCalls: z.int().min(1).max(10_000).default(3),
  openForMs: ms.default(15_000),
  /** After this many reopenings in a row every further one doubles the open time, up to `openForMaxMs`. */
  growAfterReopenings: z.int().min(1).max(100).default(5),
  openForMaxMs: ms.default(120_000),
  /** Probes that may be on their way at once while half-open, over all instances. */
  probes: z.int().min(1).max(100).default(1),
  /** Good probes in a row that close it. */
  goodProbes: z.int().min(1).max(100).default(2),
}

const openTimes = ({ openForMs, openForMaxMs }: { openForMs: number; openForMaxMs: number }) =>
  openForMs <= openForMaxMs
const openTimesMessage = { error: 'must not be shorter than openForMs', path: ['openForMaxMs'] }

const breakerPolicy = z.strictObject(breaker).refine(openTimes, openTimesMessage)
const latencyBreakerPolicy = z
  .strictObject({
    ...breaker,
    minimumCalls: breaker.minimumCalls.default(10),
    /** A first token later than this is a bad call; null = the tier's `ttftMs`. Only successes are measured. */
    slowMs: ms.nullable().default(null),
  })
  .refine(openTimes, openTimesMessage)

const retryPolicy = z
  .strictObject({
    /** Attempts on one deployment for one request, the first included. */
    maxAttempts: z.int().min(1).max(10).default(3),
    /** The same while another candidate is left: moving on beats asking again. */
    maxAttemptsWithAlternative: z.int().min(1).max(10).default(2),
    baseMs: ms.default(200),
    capMs: ms.default(5_000),
    /** 0 = the whole delay always, 1 = anything down to none of it. */
    jitter: z.number().min(0).max(1).default(0.5),
    /** Retries never exceed this share of a deployment's requests, beyond the first `budgetReserve`. */
    budgetRatio: z.number().min(0).max(1).default(0.2),
    budgetReserve: z.int().min(0).max(10_000).default(10),
  })
  .refine(({ baseMs, capMs }) => baseMs <= capMs, {
    error: 'must not be shorter than baseMs',
    path: ['capMs'],
  })

const bulkheadPolicy = z.strictObject({
  /** Requests in flight at one deployment, over this instance. */
  maxInFlight: z.int().min(1).max(100_000).default(512),
  /** Requests that may wait for a place when no candidate has one; 0 = none. */
  queue: z.int().min(0).max(100_000).default(256),
  maxWaitMs: ms.default(5_000),
})

const hedgePolicy = z.strictObject({
  enabled: z.boolean().default(false),
  /** When the second attempt starts as long as fewer than `minimumSamples` first tokens were measured. */
  defaultDelayMs: ms.default(2_000),
  minimumSamples: z.int().min(1).max(10_000).default(20),
  /** Hedges never exceed this share of a tier's streams. */
  maxShare: ratio.default(0.05),
})

const exhaustedPolicy = z.strictObject({
  /** Answer from an equal earlier request of the same account, at most this old; null = never. */
  cachedAnswerMaxAgeMs: ms.nullable().default(null),
  /** Tier whose chain is asked when nothing of this one's is left; null = none. */
  tier: z.string().min(1).max(100).nullable().default(null),
})

export const tierPolicySchema = z.strictObject({
  retry: retryPolicy.prefault({}),
  breaker: breakerPolicy.prefault({}),
  latencyBreaker: latencyBreakerPolicy.prefault({}),
  bulkhead: bulkheadPolicy.prefault({}),
  hedge: hedgePolicy.prefault({}),
  whenExhausted: exhaustedPolicy.prefault({}),
  /** `complete` holds streams until they are whole (the caller's header and key come before it). */
  stream: z.enum(['progressive', 'complete']).default('progressive'),
  /** May a prompt that one deployment's content filter refused be sent to the next? */
  contentFilterFallback: z.boolean().default(false),
})

export type TierPolicy = z.output<typeof tierPolicySchema>
export type BreakerPolicy = TierPolicy['breaker']

export type RetryPolicy = TierPolicy['retry']
export type BulkheadPolicy = TierPolicy['bulkhead']
export type HedgePolicy = TierPolicy['hedge']

/** The policy of a tier that names none. */
export const defaultTierPolicy: TierPolicy = tierPolicySchema.parse({})
