import type { LedgerRecord } from '#lib/costs/ledger-record'
import type { PriceBook } from '#lib/costs/price-book'
import type { Catalog, Deployment } from '#lib/deployments/catalog'
import type { Trial } from '#lib/experiments/trial'
import type { TrafficConfig } from '#lib/traffic/traffic-config'
import type { DeploymentControls } from '#server/deployments/deployment-controls'
import type { DeploymentGauges } from '#server/deployments/deployment-gauges'
import type { Regions } from '#server/deployments/regions'
import type { TrialCounts } from '#server/experiments/trial-counts'
import type { AnswerCache } from '#server/gateway/cache/answer-cache'
import type { Provider } from '#server/gateway/providers/provider'
import type { RequestAbort } from '#server/gateway/request-abort'
import type { Redactor } from '#server/privacy/redactor'
import type { Breakers } from '#server/resilience/breakers'
import type { Bulkheads } from '#server/resilience/bulkheads'
import type { HedgeShares } from '#server/resilience/hedge-shares'
import type { RetryGate } from '#server/resilience/retry-gate'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'
import type { Telemetry } from '#server/telemetry/open-telemetry'
import type { RolloutWatch } from '#server/traffic/open-rollouts'
import type { NoteServed } from '#server/traffic/served-requests'

/** What the gateway needs of the ledger. */
export interface Ledger {
  /** Resolves when the row is committed or, if the database is slow or away, safely in the journal. */
  record(record: LedgerRecord): Promise<'committed' | 'journaled'>
  /** False while neither database nor journal can take rows: then nothing is admitted. */
  accepting(): boolean
}

export interface GatewayParts {
  catalog(): Catalog
  providerOf(deployment: Deployment): Provider
  priceBook(): PriceBook
  ledger: Ledger
  gauges: DeploymentGauges
  breakers: Breakers
  regions: Regions
  controls: DeploymentControls
  /** Where traffic is meant to go beside the catalog. */
  traffic(): TrafficConfig
  /** Told of every request that ended: which side of a rollout it was on, and what it used. */
  rollouts: RolloutWatch
  /** Told of every answered request after its row. */
  noteServed: NoteServed
  /** The experiments that run, and where what their variants do is counted. */
  experiments: { trials(): readonly Trial[]; counts: Pick<TrialCounts, 'ended'> }
  bulkheads: Bulkheads
  retryGate: RetryGate
  hedges: HedgeShares
  /** Whole answers of the recent past, for routes that give them again and tiers that repeat one when nothing else is left. */
  answers: AnswerCache
  clock: Clock
  log: Log
  /** Told of every request that ended, when its ledger row is on its way. */
  telemetry: Pick<Telemetry, 'ended'>
  /** In [0, 1). */
  random(): number
  /** Running requests, for a shutdown to end. */
  running: Set<RequestAbort>
  /** Hides what identifies people or opens doors, and counts it. */
  redact: Redactor['redact']
  /** Keep redacted texts with requests? */
  storesPrompts(): boolean
  /** Counts tokens of text as the model's tokenizer does; for what no provider reported. */
  countTokens(text: string, model: string): Promise<number>
}
