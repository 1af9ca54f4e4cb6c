import type { DeploymentBlock } from '#lib/resilience/breaker-signal'

/** A candidate that was not asked, because its breaker lets nothing through. */
export interface SkippedDeployment {
  deploymentId: string
  block: DeploymentBlock
}

/** When the first skipped candidate may be tried again, in milliseconds from now; null when nobody can say. */
export function soonestProbeMs(skipped: readonly SkippedDeployment[], nowMs: number): number | null {
  const times = skipped.map(({ block }) => block.retryAtMs).filter((atMs) => atMs !== null)
  return times.length === 0 ? null : Math.max(0, Math.min(...times) - nowMs)
}

/** What the caller reads of candidates that were not asked, e.g. `we-premium (open: 4 of 5 calls failed within 30 s)`. */
export function listSkipped(skipped: readonly SkippedDeployment[]): string {
  return skipped
    .map(({ deploymentId, block }) => `${deploymentId} (${block.phase}: ${block.reason})`)
    .join(', ')
}
