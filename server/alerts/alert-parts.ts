import type { PrivateHostPolicy } from '#lib/alerts/delivery-address'
import type { ObservationReader } from '#server/alerts/observation-readers'
import type { RecordAudit } from '#server/audit/record-audit'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import type { Redactor } from '#server/privacy/redactor'
import type { Clock } from '#server/telemetry/clock'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import type { Log } from '#server/telemetry/log'

/** What evaluating, delivering and operating alerts share. */
export interface AlertParts {
  db: Pick<Database, 'orm' | 'pool' | 'kind'>
  clock: Clock
  log: Pick<Log, 'info' | 'warn' | 'error'>
  events: Pick<ConsoleEvents, 'publish' | 'subscribe'>
  configuration: Pick<ConfigurationWatcher, 'check'>
  redactTwice: Redactor['redactTwice']
  record: RecordAudit
  readers: readonly ObservationReader[]
  /** Address of the console, for the links in messages. */
  publicUrl: () => string
  privateHosts: PrivateHostPolicy
  /** What channels' secrets are encrypted under. */
  authSecret: string
}

/** An operator's deed. */
export interface AlertDeed {
  actorId: string
  /** The operator's own words. */
  reason: string
  requestId: string
}
