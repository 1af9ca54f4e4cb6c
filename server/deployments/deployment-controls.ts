import type { Along } from '#server/config/configuration-version'

export interface ControlChange {
  deploymentId: string
  actorId: string
  reason: string
  along?: Along
}

/** What operators decided about deployments beside their breakers, read from memory on the hot path. */
export interface DeploymentControls {
  /** Drained deployments with the operator's reason; empty (and the same object) while there is none. */
  drained(): ReadonlyMap<string, { reason: string; by: string; sinceMs: number }>
  drain(change: ControlChange): Promise<void>
  /** @throws AppError `conflict` when it is not drained. */
  undrain(change: ControlChange): Promise<void>
  reload(): Promise<void>
}
