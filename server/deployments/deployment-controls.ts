/** What operators decided about deployments beside their breakers, read from memory on the hot path. */
export interface DeploymentControls {
  /** Drained deployments with the operator's reason; empty (and the same object) while there is none. */
  drained(): ReadonlyMap<string, { reason: string; by: string; sinceMs: number }>
  drain(change: { deploymentId: string; actorId: string; reason: string }): Promise<void>
  /** @throws AppError `conflict` when it is not drained. */
  undrain(change: { deploymentId: string; actorId: string; reason: string }): Promise<void>
  reload(): Promise<void>
}
