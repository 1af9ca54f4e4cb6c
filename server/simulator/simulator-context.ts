import type { ArmBook } from '#server/simulator/create-arm-book'
import type { Embedder } from '#server/simulator/create-embedder'
import type { FaultBook } from '#server/simulator/create-fault-book'
import type { IdentityIssuer } from '#server/simulator/create-identity-issuer'
import type { LatencyBook } from '#server/simulator/create-latency-book'
import type { PrefixCache } from '#server/simulator/create-prefix-cache'
import type { RateLimiter } from '#server/simulator/create-rate-limiter'
import type { RequestCounter } from '#server/simulator/create-request-counter'
import type { TrainingBook } from '#server/simulator/create-training-book'
import type { WorkspaceModels } from '#server/simulator/ml-models'

/** Everything the handlers share. `now` is epoch milliseconds. */
export interface SimulatorContext {
  seed: number
  now: () => number
  faults: FaultBook
  limiter: RateLimiter
  latencies: LatencyBook
  counter: RequestCounter
  prefixes: PrefixCache
  embed: Embedder
  identity: IdentityIssuer
  arm: ArmBook
  training: TrainingBook
  workspaceModels: WorkspaceModels
  /** Models behind deployment names that do not say it themselves. */
  models: Map<string, string>
  /** Deployments that were deleted: they answer 404 until they are made again. Keys of `targetKey`. */
  deleted: Set<string>
}
