import { desc, eq, gte, lt } from 'drizzle-orm'
import type { RegionTransitionsView } from '#lib/contracts/regions'
import type { RegionState } from '#lib/deployments/region-state'
import { regionStates, regionTransitions } from '#schema/deployments'
import type { Database } from '#server/db/database'

export interface StoredRegion {
  region: string
  state: RegionState
  instanceId: string
}

export interface RegionChange {
  id: string
  region: string
  from: RegionState
  to: RegionState
}

/** Regions' states and what moved them, as rows that all instances share. */
export interface RegionStore {
  load(): Promise<StoredRegion[]>
  changedSince(ms: number): Promise<StoredRegion[]>
  /** Writes the state unless somebody was further already, and a transition where something moved. */
  save(change: RegionChange): Promise<void>
  transitions(region: string, limit: number): Promise<RegionTransitionsView>
}

export function createRegionStore(db: Pick<Database, 'orm'>, instanceId: string): RegionStore {
  return {
    load: async () => (await db.orm.select().from(regionStates)).map(toStored),
    async changedSince(ms) {
      const rows = await db.orm
        .select()
        .from(regionStates)
        .where(gte(regionStates.storedAt, new Date(ms)))
      return rows.map(toStored)
    },
    save: (change) => save(db, instanceId, change),
    async transitions(region, limit) {
      const rows = await db.orm
        .select()
        .from(regionTransitions)
        .where(eq(regionTransitions.region, region))
        .orderBy(desc(regionTransitions.at), desc(regionTransitions.epoch))
        .limit(limit)
      return {
        transitions: rows.map(({ region: _region, epoch: _epoch, at, ...row }) => ({
          ...row,
          at: at.toISOString(),
        })),
      }
    },
  }
}

function toStored(row: typeof regionStates.$inferSelect): StoredRegion {
  const { region, phase, epoch, admittedBps, frozen, reason, actorId, instanceId } = row
  const state: RegionState = {
    phase,
    epoch,
    admittedBps,
    frozen,
    healthySinceMs: row.healthySince?.getTime() ?? null,
    reason,
    changedAtMs: row.changedAt.getTime(),
    actorId,
  }
  return { region, state, instanceId }
}

async function save(
  db: Pick<Database, 'orm'>,
  instanceId: string,
  { id, region, from, to }: RegionChange,
): Promise<void> {
  const { phase, epoch, admittedBps, frozen, reason, actorId } = to
  const changedAt = new Date(to.changedAtMs)
  const healthySince = to.healthySinceMs === null ? null : new Date(to.healthySinceMs)
  const row = { phase, epoch, admittedBps, frozen, healthySince, reason, changedAt, actorId, instanceId }
  await db.orm.transaction(async (tx) => {
    if (to.changedAtMs !== from.changedAtMs) {
      const moved = { fromPhase: from.phase, toPhase: phase, admittedBps, epoch, at: changedAt, reason }
      await tx
        .insert(regionTransitions)
        .values({ id, region, ...moved, actorId, instanceId })
        .onConflictDoNothing()
    }
    await tx
      .insert(regionStates)
      .values({ region, ...row, storedAt: new Date() })
      .onConflictDoUpdate({
        target: regionStates.region,
        set: { ...row, storedAt: new Date() },
        setWhere: lt(regionStates.epoch, epoch),
      })
  })
}
