import type { Redis } from 'ioredis'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Env } from '#server/config/env'
import type { Database } from '#server/db/database'
import { openRedis } from '#server/db/open-redis'
import type { CatalogStore } from '#server/deployments/catalog-store'
import { createDeploymentControls } from '#server/deployments/create-deployment-controls'
import { createRegions } from '#server/deployments/create-regions'
import type { DeploymentControls } from '#server/deployments/deployment-controls'
import type { Regions } from '#server/deployments/regions'
import type { Breakers } from '#server/resilience/breakers'
import { createBreakers } from '#server/resilience/create-breakers'
import {
  createPostgresProbeLeases,
  createRedisProbeLeases,
  ownProbeLeases,
  type ProbeLeases,
} from '#server/resilience/probe-leases'
import type { Clock } from '#server/telemetry/clock'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import type { Log } from '#server/telemetry/log'
import type { Telemetry } from '#server/telemetry/open-telemetry'

interface ResilienceResources {
  env: Env
  db: Database
  catalog: CatalogStore
  configuration: ConfigurationWatcher
  instanceId: string
  clock: Clock
  log: Log
  events: ConsoleEvents
  telemetry: Pick<Telemetry, 'breakerMoved'>
}

export interface Resilience {
  breakers: Breakers
  regions: Regions
  controls: DeploymentControls
  close(): Promise<void>
}

/** Opens breakers, regions and controls with what was stored, and begins to follow the other instances. */
export async function openResilience(resources: ResilienceResources): Promise<Resilience> {
  const { env, db, catalog, configuration, instanceId, clock, log, events, telemetry } = resources
  const redis = env.REDIS_URL === undefined ? null : openRedis(env.REDIS_URL, log)
  const shared = { catalog: catalog.current, db, instanceId, clock, log }
  const breakers = createBreakers({
    ...shared,
    leases: probeLeases(db, redis, log),
    onMove: () => events.publish('breaker'),
    onTransition: telemetry.breakerMoved,
  })
  const regions = createRegions({ ...shared, onMove: () => events.publish('region') })
  const controls = createDeploymentControls({ db, clock, configuration })
  await Promise.all([breakers.start(), regions.start(), controls.reload()])
  configuration.subscribe(() => controls.reload())
  return {
    breakers,
    regions,
    controls,
    async close() {
      await regions.close()
      await breakers.close()
      redis?.disconnect()
    },
  }
}

function probeLeases(db: Database, redis: Redis | null, log: Log): ProbeLeases {
  const onError = (error: unknown) => log.warn({ err: error }, 'a probe lease could not be shared')
  if (redis) return createRedisProbeLeases(redis, onError)
  return db.kind === 'postgres' ? createPostgresProbeLeases(db, onError) : ownProbeLeases
}
