import type { Access } from '#server/access/create-access'
import type { Alerts } from '#server/alerts/start-alerts'
import type { Audit } from '#server/audit/open-audit'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Env } from '#server/config/env'
import type { SettingsStore } from '#server/config/settings-store'
import type { LedgerWriter } from '#server/costs/ledger-writer'
import type { PriceStore } from '#server/costs/price-store'
import type { Database } from '#server/db/database'
import type { Capacity } from '#server/deployments/capacity'
import type { CatalogStore } from '#server/deployments/catalog-store'
import type { Experiments } from '#server/experiments/open-experiments'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import type { RefusalCounter } from '#server/http/refusal-counter'
import type { Migration } from '#server/migration/open-migration'
import type { Models } from '#server/models/open-models'
import type { Redactor } from '#server/privacy/redactor'
import type { Quotas } from '#server/quotas/quotas'
import type { Simulator } from '#server/simulator/start-simulator'
import type { Clock } from '#server/telemetry/clock'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import type { Log } from '#server/telemetry/log'
import type { Telemetry } from '#server/telemetry/open-telemetry'
import type { Rollouts } from '#server/traffic/open-rollouts'
import type { Traffic } from '#server/traffic/open-traffic'

/** Everything a route may use, wired once a process by `open-container`. */
export interface Container {
  env: Env
  version: string
  instanceId: string
  startedAtMs: number
  /** Address of the console; known once the port is. */
  publicUrl(): string
  clock: Clock
  log: Log
  db: Database
  configuration: ConfigurationWatcher
  settings: SettingsStore
  catalog: CatalogStore
  access: Access
  audit: Audit
  alerts: Alerts
  ledger: LedgerWriter
  prices: PriceStore
  quotas: Quotas
  gateway: GatewayParts
  capacity: Capacity
  rollouts: Rollouts
  experiments: Experiments
  migration: Migration
  models: Models
  redactor: Redactor
  refusals: RefusalCounter
  events: ConsoleEvents
  telemetry: Telemetry
  traffic: Traffic
  /** Null when every provider is real. */
  simulator: Simulator | null
  simulated: readonly string[]
  bodyLimitBytes: number
  /** Aborts when the process begins to stop: open event streams end. */
  shutdown: AbortController
  isShuttingDown(): boolean
  /** Releases everything; the ledger is drained before the database closes. */
  close(): Promise<void>
}
