import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, describe } from 'vitest'
import type { Meter } from '#lib/quotas/quota-terms'
import { createEmbeddedAuthority } from '#server/quotas/embedded-authority'
import { createPostgresAuthority } from '#server/quotas/postgres-authority'
import type { QuotaAuthority } from '#server/quotas/quota-authority'
import { createRedisAuthority } from '#server/quotas/redis-authority'
import { describeOnDatabases } from '#tests/support/databases'

export const testRedisUrl = process.env.HUNTAZE_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'

/** Why Redis tests cannot run; null when they can. */
export const redisRefusal: string | null = await (async () => {
  const redis = new Redis(testRedisUrl, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return null
  } catch (error) {
    return `no Redis at ${testRedisUrl}: ${(error as Error).message}`
  } finally {
    redis.disconnect()
  }
})()

export type OpenAuthority = (leaseForMs: number) => Promise<QuotaAuthority>

/** Runs a suite on every authority there is: memory, PGlite, Postgres and Redis; those that do not answer are skipped. */
export function describeOnAuthorities(name: string, define: (open: OpenAuthority) => void): void {
  describe(`${name} (embedded)`, () =>
    define(async (leaseForMs) => createEmbeddedAuthority({ nowMs: Date.now, leaseForMs })))
  describeOnDatabases(name, (openDb) =>
    define(async (leaseForMs) => createPostgresAuthority(await openDb(), { leaseForMs })),
  )
  const redisName = redisRefusal ? `${name} (Redis: skipped, ${redisRefusal})` : `${name} (Redis)`
  describe.skipIf(redisRefusal !== null)(redisName, () => {
    let redis: Redis | undefined
    afterAll(() => redis?.disconnect())
    define(async (leaseForMs) => {
      redis ??= new Redis(testRedisUrl, { maxRetriesPerRequest: 1, commandTimeout: 5_000 })
      return createRedisAuthority(redis, { leaseForMs })
    })
  })
}

export function newAccount(): string {
  return `acc_${randomBytes(6).toString('hex')}`
}

/** A meter of an account of its own: five requests a day unless told. */
export function meterOf(change: Partial<Meter> = {}): Meter {
  const accountId = change.accountId ?? newAccount()
  return {
    accountId,
    scope: 'account',
    scopeId: accountId,
    measure: 'requests',
    window: 'day',
    limit: 5n,
    by: 'plan',
    ...change,
  }
}
