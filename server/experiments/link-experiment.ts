import { eq } from 'drizzle-orm'
import type { ExperimentVariant } from '#lib/experiments/experiment-plan'
import { isOfRequests } from '#lib/experiments/variant-changes'
import type { TrafficShare } from '#lib/traffic/traffic-config'
import { experiments } from '#schema/experiments'
import type { Transaction } from '#server/config/configuration-version'
import { toExperiment } from '#server/experiments/experiment-rows'
import { promotedDeployments } from '#server/experiments/promote-variant'
import { AppError } from '#server/http/app-error'

export interface ExperimentLink {
  /** Of the experiment. */
  id: string
  rolloutId: string
  route: Pick<TrafficShare, 'candidate'>
}

/**
 * Notes with an experiment which rollout brings its winner to everybody.
 * @throws AppError `invalid_request` naming `experimentId` when it is not concluded for deployments that are the rollout's
 * candidate.
 */
export async function linkExperiment(
  tx: Transaction,
  { id, rolloutId, route }: ExperimentLink,
): Promise<void> {
  const [row] = await tx.select().from(experiments).where(eq(experiments.id, id))
  const experiment = row ? toExperiment(row) : null
  const winner = experiment?.plan.variants.find(({ name }) => name === experiment.decision)
  const wanted = winner ? await wantedOf(tx, id, winner) : []
  const brought = route.candidate?.flat() ?? []
  if (wanted.length === 0 || !wanted.every((one) => brought.includes(one))) {
    const message = winner
      ? `the winner of experiment ${id} is served by ${wanted.join(', ') || 'no deployment of its own yet: promote it first'}, which the candidate is not`
      : `there is no experiment ${id.slice(0, 100)} that was concluded for a variant`
    throw new AppError('invalid_request', {
      message: `experimentId: ${message}.`,
      param: 'experimentId',
      errors: [{ path: 'experimentId', message }],
    })
  }
  await tx.update(experiments).set({ rolloutId }).where(eq(experiments.id, id))
}

/** What serves the winner: its deployments, or the version that was made of its prompt and parameters. */
async function wantedOf(tx: Transaction, id: string, { overrides }: ExperimentVariant): Promise<string[]> {
  return isOfRequests(overrides) ? promotedDeployments(tx, id) : overrides.chain.flat()
}
