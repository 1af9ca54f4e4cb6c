import type { Container } from '#server/create-container'
import type { AskVersion } from '#server/models/ask-version'
import type { ModelTally } from '#server/models/model-tally'
import type { ResourceManagers } from '#server/models/resource-managers'
import type { TrainingServices } from '#server/models/training-services'

/** What the use cases of models share. */
export interface ModelParts
  extends Pick<
    Container,
    'db' | 'clock' | 'log' | 'catalog' | 'configuration' | 'events' | 'audit' | 'prices' | 'redactor'
  > {
  instanceId: string
  /** True where the simulator stands in for Azure. */
  simulated: boolean
  managers: ResourceManagers
  training: TrainingServices
  ask: AskVersion
  tally: Pick<ModelTally, 'count'>
  /** Lets whoever works on jobs, deployments and placements look now. */
  wake(): void
}

/** Who acts, and why. */
export interface ModelDeed {
  actorId: string
  reason: string
  requestId: string
}
