import { and, eq, gt, lt, or, sql } from 'drizzle-orm'
import { capacityChanges } from '#schema/deployments'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { CapacityChange } from '#server/deployments/capacity-changes'
import {
  type CapacityDecision,
  isSameChange,
  newChange,
  withdrawChange,
} from '#server/deployments/capacity-recommendations'
import { safeCause } from '#server/telemetry/safe-cause'

export interface CapacityClaimRequest {
  decision: CapacityDecision
  /** Null = the rules. */
  actorId: string | null
  nowMs: number
  /** How long the last change rests. */
  coolDownMs: number
  /** In the transaction of the claim; what it throws undoes it. */
  along: (tx: Transaction, change: CapacityChange) => Promise<void>
}

export type CapacityClaim =
  | { ok: true; change: CapacityChange }
  | { ok: false; cause: 'under_way' }
  | { ok: false; cause: 'cooling_down'; untilMs: number }

/** An instance that has been applying for longer than this has died over it: applying itself gives up sooner. */
const abandonedAfterMs = 30 * 60_000
const abandonedError =
  'The instance that applied it ended before Azure answered: the outcome is unknown, check the deployment in Azure.'
const uniqueViolation = '23505'

/**
 * Makes a change this instance's to apply: at most one instance gets it, and none while the last change rests. A
 * recommendation of the same change becomes the claim, any other gives way to it.
 */
export async function claimChange(orm: Transaction, request: CapacityClaimRequest): Promise<CapacityClaim> {
  try {
    return await orm.transaction((tx) => claim(tx, request))
  } catch (error) {
    // Another instance wrote its claim between this one's look and its write.
    if (safeCause(error).code === uniqueViolation) return { ok: false, cause: 'under_way' }
    throw error
  }
}

async function claim(tx: Transaction, request: CapacityClaimRequest): Promise<CapacityClaim> {
  const { actorId, nowMs, coolDownMs } = request
  await failAbandonedChanges(tx, nowMs)
  const rows = await lockChanges(tx, request)
  if (rows.some(({ state }) => state === 'applying')) return { ok: false, cause: 'under_way' }
  const applied = rows.filter(({ state }) => state === 'applied')
  if (applied.length > 0) {
    const lastMs = Math.max(...applied.map(({ finishedAt }) => finishedAt?.getTime() ?? 0))
    return { ok: false, cause: 'cooling_down', untilMs: lastMs + coolDownMs }
  }
  const recommended = rows.find(({ state }) => state === 'recommended') ?? null
  const change = await takeChange(tx, request, recommended)
  if (change === null) return { ok: false, cause: 'under_way' }
  await request.along(tx, change)
  if (actorId !== null) await bumpConfiguration(tx)
  return { ok: true, change }
}

/** What stands in the way or may be taken over, held until the transaction ends. */
async function lockChanges(
  tx: Transaction,
  { decision, nowMs, coolDownMs }: CapacityClaimRequest,
): Promise<CapacityChange[]> {
  return tx
    .select()
    .from(capacityChanges)
    .where(
      and(
        eq(capacityChanges.deploymentId, decision.deploymentId),
        or(
          sql`${capacityChanges.state} IN ('applying', 'recommended')`,
          and(
            eq(capacityChanges.state, 'applied'),
            eq(capacityChanges.simulated, decision.simulated),
            gt(capacityChanges.finishedAt, new Date(nowMs - coolDownMs)),
          ),
        ),
      ),
    )
    .for('update')
}

async function takeChange(
  tx: Transaction,
  { decision, actorId, nowMs }: CapacityClaimRequest,
  recommended: CapacityChange | null,
): Promise<CapacityChange | null> {
  const started = { state: 'applying' as const, startedAt: new Date(nowMs), actorId }
  if (recommended !== null && isSameChange(recommended, decision)) {
    const [taken] = await tx
      .update(capacityChanges)
      .set({ ...started, reason: decision.reason, catalogUnits: decision.catalogUnits })
      .where(eq(capacityChanges.id, recommended.id))
      .returning()
    return taken ?? null
  }
  const instead = `${decision.toUnits} ${decision.unit} is applied instead.`
  if (recommended !== null) await withdrawChange(tx, { change: recommended, why: instead, nowMs })
  const [made] = await tx
    .insert(capacityChanges)
    .values({ ...newChange(decision, nowMs), ...started })
    .onConflictDoNothing()
    .returning()
  return made ?? null
}

/** Ends a claim: applied, or failed with what Azure said. False when somebody has ended it meanwhile. */
export async function finishChange(
  orm: Transaction,
  { id, error, nowMs }: { id: string; error: string | null; nowMs: number },
): Promise<boolean> {
  const rows = await orm
    .update(capacityChanges)
    .set({ state: error === null ? 'applied' : 'failed', error, finishedAt: new Date(nowMs) })
    .where(and(eq(capacityChanges.id, id), eq(capacityChanges.state, 'applying')))
    .returning({ id: capacityChanges.id })
  return rows.length > 0
}

/** Ends the claims of instances that died over them; answers how many there were. */
export async function failAbandonedChanges(orm: Transaction, nowMs: number): Promise<number> {
  const rows = await orm
    .update(capacityChanges)
    .set({ state: 'failed', error: abandonedError, finishedAt: new Date(nowMs) })
    .where(
      and(
        eq(capacityChanges.state, 'applying'),
        lt(capacityChanges.startedAt, new Date(nowMs - abandonedAfterMs)),
      ),
    )
    .returning({ id: capacityChanges.id })
  return rows.length
}
