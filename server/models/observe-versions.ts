import { and, eq, gte, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { Observation } from '#lib/alerts/observation'
import { fineTuningJobs, modelDeployments, modelPlacements, modelVersions } from '#schema/models'
import type { Database } from '#server/db/database'

/** What happened stays news for so long. */
const newsForMs = 24 * 3_600_000

/**
 * `version.rolled_back` of each tier whose guardrails sent a version away within the last day, unless another was put
 * there since; `version.consent_withdrawn` of each version that is deployed although somebody whose words it learned from
 * has withdrawn.
 */
export function observeVersions(db: Pick<Database, 'orm'>) {
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const since = new Date(nowMs - newsForMs)
    const placements = await db.orm
      .select()
      .from(modelPlacements)
      .where(gte(modelPlacements.startedAt, new Date(nowMs - 4 * newsForMs)))
    const backs = placements.filter(
      (one) =>
        one.byItself &&
        one.endedAt !== null &&
        one.endedAt >= since &&
        !placements.some(
          (other) => other.tier === one.tier && other.actorId !== null && other.startedAt > one.startedAt,
        ),
    )
    const withdrawn = await db.orm
      .select({ version: modelVersions.id, name: modelVersions.name, deployment: modelDeployments.id })
      .from(modelVersions)
      .innerJoin(modelDeployments, eq(modelDeployments.versionId, modelVersions.id))
      .where(and(isNotNull(modelVersions.consentWithdrawnAt), eq(modelDeployments.state, 'ready')))
    return [
      ...backs.map(({ tier, deploymentId }) => ({
        ...{ metric: 'version.rolled_back', value: 1, unit: 'versions', requestIds: [] },
        labels: { tier, deployment: deploymentId },
        detail: `${deploymentId} was proven worse than what served ${tier} before.`,
      })),
      ...withdrawn.map(({ version, name, deployment }) => ({
        ...{ metric: 'version.consent_withdrawn', value: 1, unit: 'versions', requestIds: [] },
        labels: { version, deployment },
        detail: `${name} learned from somebody who has withdrawn their consent since.`,
      })),
    ]
  }
}

/**
 * `fine_tuning.failed` of each job that failed within the last day and was not retired, and `fine_tuning.unpriced` of each
 * that was trained within it while the price book did not say what that costs.
 */
export function observeFineTuning(db: Pick<Database, 'orm'>) {
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const since = new Date(nowMs - newsForMs)
    const failed = await db.orm
      .select()
      .from(fineTuningJobs)
      .where(and(eq(fineTuningJobs.state, 'failed'), gte(fineTuningJobs.finishedAt, since)))
    const unpriced = await db.orm
      .select()
      .from(fineTuningJobs)
      .where(
        and(
          isNotNull(fineTuningJobs.trainedTokens),
          isNull(fineTuningJobs.costPicoUsd),
          gte(fineTuningJobs.createdAt, since),
          inArray(fineTuningJobs.state, ['deploying', 'evaluating', 'ready', 'failed']),
        ),
      )
    const seen = { value: 1, unit: 'jobs', requestIds: [] }
    return [
      ...failed.map(({ id, name, error }) => ({
        ...{ ...seen, metric: 'fine_tuning.failed', labels: { job: id } },
        detail: `${name}: ${error ?? 'for an unknown reason'}`,
      })),
      ...unpriced.map(({ id, name, baseModel, trainedTokens }) => ({
        ...{ ...seen, metric: 'fine_tuning.unpriced', labels: { job: id } },
        detail: `${name} was trained on ${trainedTokens} tokens; no price of training ${baseModel} is known.`,
      })),
    ]
  }
}
