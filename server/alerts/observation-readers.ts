import type { Observation } from '#lib/alerts/observation'
import { observeCosts } from '#server/costs/observe-costs'
import type { Container } from '#server/create-container'
import { observeBreakers } from '#server/resilience/observe-breakers'

/** What the readers may read; only the instance that holds the lease of the alerts does. */
export type ObservationParts = Pick<Container, 'db' | 'catalog' | 'settings' | 'gateway' | 'capacity' | 'log'>

export type ReadObservations = (nowMs: number) => Promise<readonly Observation[]>

/** Called every few seconds: a reader reads roll-ups and small tables, never the ledger from end to end. */
export interface ObservationReader {
  /** The part of its metrics' names before the dot; while it fails, alerts on them stay as they are. */
  name: string
  read: ReadObservations
}

/** Every domain that has something to alert on: one line each, `{ name, read: observe…(parts) }`. */
export function observationReaders({ db }: ObservationParts): readonly ObservationReader[] {
  return [
    { name: 'breaker', read: observeBreakers(db) },
    { name: 'cost', read: observeCosts(db) },
  ]
}
