import type { Observation } from '#lib/alerts/observation'
import { observeAudit } from '#server/audit/observe-audit'
import { observeCosts } from '#server/costs/observe-costs'
import { observeReconciliation } from '#server/costs/observe-reconciliation'
import type { Container } from '#server/create-container'
import { observeCapacity } from '#server/deployments/observe-capacity'
import { observeModels } from '#server/deployments/observe-models'
import { observeRegions } from '#server/deployments/observe-regions'
import { observeExperiments } from '#server/experiments/observe-experiments'
import { observeShedding } from '#server/gateway/observe-shedding'
import { observeDualWrite } from '#server/migration/observe-dual-write'
import { observeFineTuning, observeVersions } from '#server/models/observe-versions'
import { observeBudgets } from '#server/quotas/observe-budgets'
import { observeBreakers } from '#server/resilience/observe-breakers'
import { observeTiers } from '#server/telemetry/observe-tiers'
import { observeRollouts } from '#server/traffic/observe-rollouts'
import { observeTraffic } from '#server/traffic/observe-traffic'

/** What the readers may read; only the instance that holds the lease of the alerts does. */
export type ObservationParts = Pick<
  Container,
  'db' | 'catalog' | 'settings' | 'gateway' | 'capacity' | 'log' | 'quotas' | 'env' | 'clock'
>

export type ReadObservations = (nowMs: number) => Promise<readonly Observation[]>

/** Called every few seconds: a reader reads roll-ups and small tables, never the ledger from end to end. */
export interface ObservationReader {
  /** The part of its metrics' names before the dot; while it fails, alerts on them stay as they are. */
  name: string
  read: ReadObservations
}

/** Every domain that has something to alert on: one line each, `{ name, read: observe…(parts) }`. */
export function observationReaders(parts: ObservationParts): readonly ObservationReader[] {
  const { db, catalog, gateway, quotas } = parts
  const { gauges } = gateway
  return [
    { name: 'budget', read: observeBudgets({ db, quotas }) },
    { name: 'tier', read: observeTiers(db) },
    { name: 'gateway', read: observeShedding(db) },
    { name: 'audit', read: observeAudit(db) },
    { name: 'breaker', read: observeBreakers(db) },
    { name: 'region', read: observeRegions(db) },
    { name: 'capacity', read: observeCapacity({ db, catalog: catalog.current, gauges }) },
    { name: 'model', read: observeModels(catalog.current) },
    { name: 'cost', read: observeCosts(db, gateway.priceBook) },
    { name: 'reconciliation', read: observeReconciliation(db, gateway.priceBook) },
    { name: 'dual_write', read: observeDualWrite(db) },
    { name: 'rollout', read: observeRollouts(db) },
    { name: 'traffic', read: observeTraffic(parts) },
    { name: 'experiment', read: observeExperiments(db) },
    { name: 'version', read: observeVersions(db) },
    { name: 'fine_tuning', read: observeFineTuning(db) },
  ]
}
