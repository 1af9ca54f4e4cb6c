import { Redis } from 'ioredis'
import type { Log } from '#server/telemetry/log'

/** Commands fail within `commandTimeoutMs` while Redis is away, rather than queue up behind it. */
export function openRedis(url: string, log: Pick<Log, 'warn'>, commandTimeoutMs = 1_000): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
  })
  redis.on('error', (error: Error) => log.warn({ err: error }, 'Redis does not answer'))
  return redis
}
