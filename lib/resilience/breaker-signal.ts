/** What a breaker listens to; each deployment has one breaker per signal, and they never influence each other. */
export const breakerSignals = ['health', 'latency', 'configuration'] as const
export type BreakerSignal = (typeof breakerSignals)[number]

/** `isolated` is an operator's hold and belongs to the health breaker. */
export const breakerPhases = ['closed', 'open', 'half_open', 'isolated'] as const
export type BreakerPhase = (typeof breakerPhases)[number]

/** What one finished call says to one breaker; `neutral` leaves its window alone (a 429 is healthy but full). */
export type BreakerVerdict = 'good' | 'bad' | 'neutral'

/** Why a deployment may not be asked plainly at this moment. */
export interface DeploymentBlock {
  signal: BreakerSignal
  phase: Exclude<BreakerPhase, 'closed'>
  /** For a person, e.g. `4 of 5 calls failed in 30 s (server_error)`. */
  reason: string
  /** When the next probe may go, or the isolation ends; milliseconds since 1970, null = when an operator says so. */
  retryAtMs: number | null
}
