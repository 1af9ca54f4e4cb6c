import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Env } from '#server/config/env'
import type { LedgerWriter } from '#server/costs/ledger-writer'
import type { Database } from '#server/db/database'
import { openRedis } from '#server/db/open-redis'
import { createEmbeddedAuthority } from '#server/quotas/embedded-authority'
import { createLeaseHolder } from '#server/quotas/lease-holder'
import { ledgerUsage } from '#server/quotas/ledger-usage'
import { createPostgresAuthority } from '#server/quotas/postgres-authority'
import type { QuotaAuthority } from '#server/quotas/quota-authority'
import { createQuotaRuleStore } from '#server/quotas/quota-rules'
import { createQuotas, type Quotas } from '#server/quotas/quotas'
import { createRedisAuthority } from '#server/quotas/redis-authority'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

interface QuotaResources {
  env: Env
  db: Database
  configuration: ConfigurationWatcher
  /** Whose rows are waited for before a counter begins with them. */
  ledger: Pick<LedgerWriter, 'caughtUp'>
  instanceId: string
  clock: Clock
  log: Log
}

/** How long an instance that falls silent keeps what it reserved. */
const leaseForMs = 15_000
const redisTimeoutMs = 3_000
const purgeEveryMs = 3_600_000

/** Opens the counters where all instances share them: Redis if there is one, else Postgres, else this process alone. */
export async function openQuotas(resources: QuotaResources): Promise<Quotas> {
  const { env, db, configuration, ledger, instanceId, clock, log } = resources
  const redis = env.REDIS_URL === undefined ? null : openRedis(env.REDIS_URL, log, redisTimeoutMs)
  const authority = redis ? createRedisAuthority(redis, { leaseForMs }) : databaseAuthority(db, clock)
  const rules = createQuotaRuleStore(db, clock.nowMs)
  await rules.reload()
  const unsubscribe = configuration.subscribe(() => rules.reload())
  const holder = createLeaseHolder({
    authority,
    holder: instanceId,
    async seedOf(counter, beforeMs) {
      await ledger.caughtUp()
      return ledgerUsage(db, counter, beforeMs)
    },
    clock,
    log,
  })
  const purge = () =>
    authority.purge(clock.nowMs()).catch((error: unknown) => {
      log.warn({ err: error }, 'ended quota counters could not be deleted; tried again in an hour')
    })
  const timer = setInterval(purge, purgeEveryMs)
  timer.unref()
  return createQuotas({
    rules,
    holder,
    authority,
    async close() {
      clearInterval(timer)
      unsubscribe()
      await holder.close()
      redis?.disconnect()
    },
  })
}

function databaseAuthority(db: Database, { nowMs }: Clock): QuotaAuthority {
  return db.kind === 'postgres'
    ? createPostgresAuthority(db, { leaseForMs })
    : createEmbeddedAuthority({ nowMs, leaseForMs })
}
