import type { BreakerTransitionView, BreakerView } from '#lib/contracts/resilience'
import type { BreakerSignal, DeploymentBlock } from '#lib/resilience/breaker-signal'
import type { CallOutcome } from '#lib/resilience/breaker-verdict'
import type { Along } from '#server/config/configuration-version'

/** A call that the breakers of a deployment let through; settled exactly once. */
export interface Admission {
  admitted: true
  deploymentId: string
  requestId: string
  streamed: boolean
  /** Breakers for which this call is a probe; empty for an ordinary call. */
  probes: readonly BreakerSignal[]
  /** The epoch of each breaker when the call was let through: late results of an older one are ignored. */
  epochs: Readonly<Record<BreakerSignal, number>>
}

export interface AdmissionRefusal {
  admitted: false
  block: DeploymentBlock
}

export interface OperatorAction {
  deploymentId: string
  actorId: string
  /** The operator's own words. */
  reason: string
  /** Told in the transaction that stores the change, also when the database takes it later. */
  along?: Along
}

/** The circuit breakers of this process: one per deployment and signal, in step with the other instances. */
export interface Breakers {
  /**
   * Deployments that may not be asked plainly at the moment. Streams obey all signals, other calls all but latency. An
   * open breaker whose probe is due is not in it: the deployment stands at its place, so that a probe reaches it.
   * Empty (and the same object) while all is well.
   */
  blocks(call: { streamed: boolean }): ReadonlyMap<string, DeploymentBlock>
  /**
   * May this deployment be asked now? At once while all its breakers are closed; a promise only where a probe's lease
   * must be taken first.
   */
  admit(
    deploymentId: string,
    call: { streamed: boolean; requestId: string },
  ): Admission | AdmissionRefusal | Promise<Admission | AdmissionRefusal>
  /** The first content token of a stream: latency is settled, and a probe is good. */
  sawFirstToken(admission: Admission, firstTokenMs: number): void
  settle(admission: Admission, outcome: CallOutcome): void
  /** Holds the deployment until `untilMs` (null: until released); on every instance within a second. */
  isolate(action: OperatorAction & { untilMs: number | null }): Promise<void>
  /** Ends an isolation. @throws AppError `conflict` when it is not isolated. */
  release(action: OperatorAction): Promise<void>
  /** Closes every open or half-open breaker of the deployment. @throws AppError `conflict` when none is. */
  closeByHand(action: OperatorAction): Promise<void>
  /** One view per signal, in the order of `breakerSignals`. */
  describe(deploymentId: string): readonly BreakerView[]
  /** Newest first, at most `limit`. */
  transitions(deploymentId: string, limit: number): Promise<BreakerTransitionView[]>
  /** Loads the stored states and begins to follow the other instances. */
  start(): Promise<void>
  close(): Promise<void>
}
