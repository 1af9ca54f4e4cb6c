/** What the policy stack's process measures, given as JSON in STACK_JOB. */
export interface StackJob {
  readonly rounds: number
  /** Healthy requests of each path in each round, every other one a stream. */
  readonly requests: number
}

/**
 * CPU time of one path in one round, microseconds a request, all threads of the process. `empty` is the same loop with
 * nothing in it but the provider's answer.
 */
export interface StackRound {
  readonly round: number
  readonly path: string
  readonly cpuUs: number
  readonly emptyUs: number
}

/** What the process tells when it is done. */
export interface StackResult {
  readonly rounds: readonly StackRound[]
}
