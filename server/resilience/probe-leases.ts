import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { BreakerSignal } from '#lib/resilience/breaker-signal'
import type { Database } from '#server/db/database'

/** The right to send one probe; given back as soon as the probe has ended, or by itself when its time is over. */
export interface ProbeLease {
  release(): void
}

/** Places for probes that all instances share, so that a fleet sends one probe and not one each. */
export interface ProbeLeases {
  /**
   * A free one of `places`; null when other instances hold all. An answer at once where there is nobody to share with.
   * Grants when the store does not answer: probing twice does less harm than never.
   */
  take(
    deploymentId: string,
    signal: BreakerSignal,
    places: number,
  ): ProbeLease | null | Promise<ProbeLease | null>
}

/** Longer than a probe should take, shorter than anyone wants to wait for an instance that died with one. */
const leaseForMs = 30_000

const noLease: ProbeLease = { release: () => undefined }

/** One process alone: its own count of probes is enough. */
export const ownProbeLeases: ProbeLeases = { take: () => noLease }

interface LeaseStore {
  take(key: string, token: string): Promise<boolean>
  release(key: string, token: string): Promise<unknown>
}

function sharedLeases(store: LeaseStore, onError: (error: unknown) => void): ProbeLeases {
  return {
    async take(deploymentId, signal, places) {
      const token = randomBytes(12).toString('hex')
      try {
        for (let place = 0; place < places; place += 1) {
          const key = `${deploymentId}/${signal}/${place}`
          if (await store.take(key, token))
            return { release: () => void store.release(key, token).catch(onError) }
        }
        return null
      } catch (error) {
        onError(error)
        return noLease
      }
    },
  }
}

const takeStatement = `
INSERT INTO probe_leases AS present (key, holder, expires_at)
VALUES ($1, $2, now() + $3::float8 * interval '1 millisecond')
ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE present.expires_at <= now()
RETURNING key`

/** Leases as rows, by the database's clock. */
export function createPostgresProbeLeases(
  db: Pick<Database, 'pool'>,
  onError: (error: unknown) => void,
): ProbeLeases {
  return sharedLeases(
    {
      take: async (key, token) =>
        (await db.pool.query(takeStatement, [key, token, leaseForMs])).rows.length > 0,
      release: (key, token) =>
        db.pool.query('DELETE FROM probe_leases WHERE key = $1 AND holder = $2', [key, token]),
    },
    onError,
  )
}

/** Deletes the key only while it is still this holder's. Source: https://redis.io/docs/latest/commands/set/#patterns */
const releaseScript = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/** Leases as keys that expire. */
export function createRedisProbeLeases(redis: Redis, onError: (error: unknown) => void): ProbeLeases {
  const name = (key: string) => `huntaze:probe:${key}`
  return sharedLeases(
    {
      take: async (key, token) => (await redis.set(name(key), token, 'PX', leaseForMs, 'NX')) === 'OK',
      release: (key, token) => redis.eval(releaseScript, 1, name(key), token),
    },
    onError,
  )
}
