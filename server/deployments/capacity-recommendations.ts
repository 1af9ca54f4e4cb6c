import { and, eq, sql } from 'drizzle-orm'
import { capacityChanges } from '#schema/deployments'
import { newId } from '#server/access/new-id'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { CapacityChange } from '#server/deployments/capacity-changes'

/** A change of capacity as it is decided, before anything happens. */
export type CapacityDecision = Pick<
  CapacityChange,
  'deploymentId' | 'direction' | 'fromUnits' | 'toUnits' | 'unit' | 'catalogUnits' | 'simulated' | 'reason'
>

/** Keeps a recommendation; false when the deployment has one already. */
export async function recommendChange(
  orm: Transaction,
  { decision, nowMs }: { decision: CapacityDecision; nowMs: number },
): Promise<boolean> {
  const rows = await orm
    .insert(capacityChanges)
    .values(newChange(decision, nowMs))
    .onConflictDoNothing()
    .returning({ id: capacityChanges.id })
  return rows.length > 0
}

/** Ends a recommendation that no longer holds; false when it has ended meanwhile. */
export async function withdrawChange(
  orm: Transaction,
  { change, why, nowMs }: { change: CapacityChange; why: string; nowMs: number },
): Promise<boolean> {
  const reason = `${change.reason} Withdrawn: ${why}`
  const rows = await orm
    .update(capacityChanges)
    .set({ state: 'dismissed', finishedAt: new Date(nowMs), reason })
    .where(and(eq(capacityChanges.id, change.id), eq(capacityChanges.state, 'recommended')))
    .returning({ id: capacityChanges.id })
  return rows.length > 0
}

/** An operator's no to a recommendation, which need not have been kept yet. Null when it has ended meanwhile. */
export async function dismissChange(
  orm: Transaction,
  given: {
    decision: CapacityDecision
    actorId: string
    words: string
    nowMs: number
    along: (tx: Transaction, change: CapacityChange) => Promise<void>
  },
): Promise<CapacityChange | null> {
  const { decision, actorId, words, nowMs } = given
  return orm.transaction(async (tx) => {
    await recommendChange(tx, { decision, nowMs })
    const [change] = await tx
      .update(capacityChanges)
      .set({
        state: 'dismissed',
        finishedAt: new Date(nowMs),
        actorId,
        reason: sql`${capacityChanges.reason} || ${` Dismissed: ${words}`}::text`,
      })
      .where(
        and(
          eq(capacityChanges.deploymentId, decision.deploymentId),
          eq(capacityChanges.state, 'recommended'),
        ),
      )
      .returning()
    if (!change) return null
    await given.along(tx, change)
    await bumpConfiguration(tx)
    return change
  })
}

/** Would the decision change the same deployment in the same way? */
export function isSameChange(change: CapacityChange, decision: CapacityDecision): boolean {
  return (
    change.fromUnits === decision.fromUnits &&
    change.toUnits === decision.toUnits &&
    change.unit === decision.unit &&
    change.simulated === decision.simulated
  )
}

/** The row of a recommendation. */
export function newChange(decision: CapacityDecision, nowMs: number) {
  const createdAt = new Date(nowMs)
  return { ...decision, id: newId('cap'), state: 'recommended' as const, createdAt }
}
