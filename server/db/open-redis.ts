import { Redis } from 'ioredis'
import type { Log } from '#server/telemetry/log'

/** A connection that never holds up its users: commands fail at once or within a second while Redis is away. */
export function openRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: 1,
    commandTimeout: 1_000,
    connectTimeout: 2_000,
  })
  redis.on('error', (error: Error) => log.warn({ err: error }, 'Redis does not answer'))
  return redis
}
