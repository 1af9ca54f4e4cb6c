import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Env } from '#server/config/env'
import type { SettingsStore } from '#server/config/settings-store'
import type { Database } from '#server/db/database'
import { openRedis } from '#server/db/open-redis'
import { type AnswerCache, createAnswerCache } from '#server/gateway/cache/answer-cache'
import { createAnswerGenerations } from '#server/gateway/cache/answer-generations'
import type { AnswerStore } from '#server/gateway/cache/answer-store'
import { guardAnswerStore } from '#server/gateway/cache/guarded-answer-store'
import { createMemoryAnswerStore } from '#server/gateway/cache/memory-answer-store'
import { createRedisAnswerStore } from '#server/gateway/cache/redis-answer-store'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

interface AnswerCacheResources {
  env: Env
  db: Database
  settings: SettingsStore
  configuration: ConfigurationWatcher
  clock: Clock
  log: Log
  /** Redis is given this long to find an answer. */
  redisTimeoutMs: number
}

/** Longer than Redis takes, and shorter than a caller who waits for it would notice. */
export const defaultRedisTimeoutMs = 50
/** Redis is left alone for so long after it did not answer in time. */
const redisRestMs = 1_000

/** Opens the kept answers: in Redis when one is configured, else in this process's memory. */
export async function openAnswerCache(resources: AnswerCacheResources): Promise<AnswerCache> {
  const { db, settings, configuration } = resources
  const store = openStore(resources)
  const generations = createAnswerGenerations(db)
  generations.subscribe((change) => {
    if (change.kind === 'purge' && store.kind === 'memory') void store.purge(change.accountId)
  })
  await generations.reload()
  configuration.subscribe(() => generations.reload())
  return createAnswerCache({
    store,
    settings: () => settings.current().answerCache,
    generations,
  })
}

function openStore({ env, settings, clock, log, redisTimeoutMs }: AnswerCacheResources): AnswerStore {
  const maxBytes = () => settings.current().answerCache.maxMegabytes * 1024 * 1024
  const shared = { maxBytes, nowMs: clock.nowMs }
  if (env.REDIS_URL === undefined) return createMemoryAnswerStore(shared)
  return guardAnswerStore(createRedisAnswerStore({ ...shared, redis: openRedis(env.REDIS_URL, log) }), {
    timeoutMs: redisTimeoutMs,
    restMs: redisRestMs,
    monotonicMs: clock.monotonicMs,
    onError: (error) =>
      log.warn({ err: error }, 'kept answers cannot be reached, so requests go to providers'),
  })
}
