import { lt, sql } from 'drizzle-orm'
import { signInRateLimits } from '#schema/access'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

/** At most `max` in `windowMs`, counted from the window's first request. */
export interface RateLimitRule {
  max: number
  windowMs: number
}

export interface RateLimitVerdict {
  allowed: boolean
  /** Milliseconds until the window ends; 0 when allowed. */
  retryAfterMs: number
}

export interface RateLimiter {
  /** Counts one request. Exact also across processes: counting and deciding are one statement. */
  consume(key: string, rule: RateLimitRule): Promise<RateLimitVerdict>
  /** Counts one request. @throws AppError `rate_limited` when it is one too many. */
  enforce(key: string, rule: RateLimitRule): Promise<void>
}

/** Counters that nobody has touched for so long are deleted. */
const keepMs = 3_600_000

/** Limits stored in the database, for the few requests that invite guessing. */
export function createRateLimiter({ db, clock }: { db: Database; clock: Clock }): RateLimiter {
  let prunedAtMs = clock.nowMs()

  const consume = async (key: string, rule: RateLimitRule): Promise<RateLimitVerdict> => {
    const nowMs = clock.nowMs()
    const { count, windowStartMs } = await countOne(db, { key, windowMs: rule.windowMs, nowMs })
    if (nowMs - prunedAtMs > keepMs) {
      prunedAtMs = nowMs
      await db.orm.delete(signInRateLimits).where(lt(signInRateLimits.windowStartMs, nowMs - keepMs))
    }
    const allowed = count <= rule.max
    return { allowed, retryAfterMs: allowed ? 0 : Math.max(1, windowStartMs + rule.windowMs - nowMs) }
  }
  return {
    consume,
    async enforce(key, rule) {
      const { allowed, retryAfterMs } = await consume(key, rule)
      if (!allowed) throw tooMany(retryAfterMs)
    },
  }
}

/** The error of a caller who has to wait. */
export function tooMany(retryAfterMs: number): AppError {
  return new AppError('rate_limited', {
    message: `Too many attempts. Try again in ${Math.ceil(retryAfterMs / 1000)} seconds.`,
    retryAfterMs,
  })
}

async function countOne(db: Database, hit: { key: string; windowMs: number; nowMs: number }) {
  const ended = sql`${signInRateLimits.windowStartMs} <= ${hit.nowMs - hit.windowMs}::bigint`
  const [row] = await db.orm
    .insert(signInRateLimits)
    .values({ key: hit.key, count: 1, windowStartMs: hit.nowMs })
    .onConflictDoUpdate({
      target: signInRateLimits.key,
      set: {
        count: sql`CASE WHEN ${ended} THEN 1 ELSE ${signInRateLimits.count} + 1 END`,
        windowStartMs: sql`CASE WHEN ${ended} THEN ${hit.nowMs}::bigint ELSE ${signInRateLimits.windowStartMs} END`,
      },
    })
    .returning({ count: signInRateLimits.count, windowStartMs: signInRateLimits.windowStartMs })
  return row ?? { count: 1, windowStartMs: hit.nowMs }
}
