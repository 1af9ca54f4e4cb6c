import { and, eq } from 'drizzle-orm'
import { defaultGuardPolicy, judgeVersion } from '#lib/models/judge-version'
import { modelPlacements } from '#schema/models'
import type { ModelParts } from '#server/models/model-parts'
import { type Placement, rollBackTier, watchedFromMs } from '#server/models/placements'
import { readVersionCounts } from '#server/models/version-counts'

/**
 * One look at every version under guardrails: rolls back what is proven worse, calls stable what has stood its time, and
 * keeps the numbers of the look. Answers how many stay watched. Idempotent; instances may look at once.
 */
export async function watchPlacements(parts: ModelParts): Promise<number> {
  const { db } = parts
  const watched = await db.orm.select().from(modelPlacements).where(eq(modelPlacements.state, 'watching'))
  let left = 0
  for (const placement of watched) left += (await lookAt(parts, placement)) ? 1 : 0
  return left
}

async function lookAt(parts: ModelParts, placement: Placement): Promise<boolean> {
  const { db, clock, events, log } = parts
  const { id, tier, deploymentId, versionId } = placement
  const nowMs = clock.nowMs()
  const candidate = await readVersionCounts(db, {
    deploymentId,
    fromMs: watchedFromMs(placement),
    toMs: nowMs,
  })
  const verdict = judgeVersion({ baseline: placement.baseline, candidate }, defaultGuardPolicy)
  const isOver = nowMs >= placement.watchUntil.getTime()
  const state = verdict.status !== 'broken' && isOver ? ('stable' as const) : ('watching' as const)
  const isSame = JSON.stringify(verdict.readings) === JSON.stringify(placement.readings)
  if (!isSame || state === 'stable') {
    await db.orm
      .update(modelPlacements)
      .set({ readings: verdict.readings, state })
      .where(and(eq(modelPlacements.id, id), eq(modelPlacements.state, 'watching')))
    events.publish('model')
  }
  if (verdict.status === 'broken') {
    const reason = `Rolled back by its guardrails. ${verdict.reason ?? ''}`
    const done = await rollBackTier(parts, { tier, deed: null, placementId: id, reason })
    if (done)
      log.warn(
        { tier, versionId, deploymentId, reason, to: done.to?.deploymentId ?? null },
        'a version was rolled back',
      )
    return false
  }
  if (state === 'stable')
    log.info({ tier, versionId, deploymentId }, 'a version has stood its time under guardrails')
  return state === 'watching'
}
