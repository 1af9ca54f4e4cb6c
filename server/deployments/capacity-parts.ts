import type { Catalog } from '#lib/deployments/catalog'
import type { RecordAudit } from '#server/audit/record-audit'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import type { FindCapacityMeans } from '#server/deployments/capacity-means'
import type { CapacityObserver } from '#server/deployments/capacity-observations'
import type { Clock } from '#server/telemetry/clock'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import type { Log } from '#server/telemetry/log'

/** What planning and changing capacities share. */
export interface CapacityParts {
  db: Pick<Database, 'orm' | 'pool' | 'kind'>
  clock: Clock
  record: RecordAudit
  log: Pick<Log, 'info' | 'warn' | 'error'>
  catalog: () => Catalog
  configuration: Pick<ConfigurationWatcher, 'check'>
  events: Pick<ConsoleEvents, 'publish'>
  observer: CapacityObserver
  meansOf: FindCapacityMeans
  /** True where the simulator stands in for Azure: its changes are kept apart. */
  simulated: boolean
  /** Changes that are being applied by this process. */
  work: Set<Promise<void>>
  /** Fires when the process stops. */
  stopping: AbortController
}
