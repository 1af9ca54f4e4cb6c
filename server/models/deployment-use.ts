import { and, eq, inArray, ne } from 'drizzle-orm'
import { modelPlacements } from '#schema/models'
import { rollouts } from '#schema/rollouts'
import type { Transaction } from '#server/config/configuration-version'
import { listRunning } from '#server/experiments/experiment-rows'
import { toRollout } from '#server/traffic/rollout-rows'

/** What sends requests to a deployment, or is about to, in words; null when nothing does. */
export async function deploymentUse(tx: Transaction, id: string): Promise<string | null> {
  const [placed] = await tx
    .select({ tier: modelPlacements.tier })
    .from(modelPlacements)
    .where(and(eq(modelPlacements.deploymentId, id), inArray(modelPlacements.state, ['watching', 'stable'])))
  if (placed) return `it serves the tier ${placed.tier}; put another version there first`
  const tried = (await listRunning(tx)).find(({ plan }) =>
    plan.variants.some(({ overrides }) => overrides.chain.flat().includes(id)),
  )
  if (tried) return `the experiment ${tried.id} (${tried.plan.name}) asks it; stop that first`
  const moving = (await tx.select().from(rollouts).where(ne(rollouts.phase, 'retired'))).map(toRollout)
  const moved = moving.find(({ baseline, candidate, state }) => {
    const served = state.phase === 'rolled_back' ? [] : (candidate ?? [])
    return [...(baseline === 'legacy' ? [] : baseline), ...served].flat().includes(id)
  })
  return moved ? `the rollout ${moved.id} of ${moved.tier} sends traffic to it; end that first` : null
}
