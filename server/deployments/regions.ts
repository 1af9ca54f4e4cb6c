import type { RegionTransitionsView, RegionView } from '#lib/contracts/regions'
import type { RegionAdmission } from '#lib/gateway/candidate-standing'
import type { Failure } from '#lib/gateway/failure'
import type { Along } from '#server/config/configuration-version'

export interface RegionAction {
  region: string
  actorId: string
  reason: string
  /** Told in the transaction that stores the change, also when the database takes it later. */
  along?: Along
}

/** Health and fail-over of the catalog's regions, in step with the other instances. */
export interface Regions {
  /** Regions that are not plainly serving; empty (and the same object) while all is well. */
  admissions(): ReadonlyMap<string, RegionAdmission>
  /** Told of every attempt's end: passive signals cost nothing. Null = success. */
  sawAttempt(deploymentId: string, failure: Failure | null): void
  failOver(action: RegionAction): Promise<void>
  failBack(action: RegionAction): Promise<void>
  freeze(action: RegionAction): Promise<void>
  unfreeze(action: RegionAction): Promise<void>
  describe(): RegionView[]
  transitions(region: string, limit: number): Promise<RegionTransitionsView>
  start(): Promise<void>
  close(): Promise<void>
}
