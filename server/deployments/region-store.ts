import { and, desc, eq, gte, lt, ne, sql } from 'drizzle-orm'
import type { RegionTransitionsView } from '#lib/contracts/regions'
import type { RegionState } from '#lib/deployments/region-state'
import { regionStates, regionTransitions } from '#schema/deployments'
import type { Transaction } from '#server/config/configuration-version'
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
  /** Written with it or not at all. */
  within?: (tx: Transaction) => Promise<void>
}

/** Regions' states and what moved them, as rows that all instances share. */
export interface RegionStore {
  load(): Promise<StoredRegion[]>
  /** States that were stored within the last milliseconds, by the database's clock. */
  storedWithin(ms: number): Promise<StoredRegion[]>
  /**
   * Writes the state, and a transition where something moved. An operator's move always holds; one that came by
   * itself gives way to who was further, and to a freeze or fail-over that it did not know of.
   * @returns what holds instead; null when the state was taken as it is.
   */
  save(change: RegionChange): Promise<StoredRegion | null>
  transitions(region: string, limit: number): Promise<RegionTransitionsView>
}

export function createRegionStore(db: Pick<Database, 'orm'>, instanceId: string): RegionStore {
  return {
    load: async () => (await db.orm.select().from(regionStates)).map(toStored),
    async storedWithin(ms) {
      const recent = gte(regionStates.storedAt, sql`now() - ${ms} * interval '1 millisecond'`)
      return (await db.orm.select().from(regionStates).where(recent)).map(toStored)
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
  { id, region, from, to, within }: RegionChange,
): Promise<StoredRegion | null> {
  const { phase, epoch, admittedBps, frozen, reason, actorId } = to
  const changedAt = new Date(to.changedAtMs)
  const healthySince = to.healthySinceMs === null ? null : new Date(to.healthySinceMs)
  const row = { phase, epoch, admittedBps, frozen, healthySince, reason, changedAt, actorId, instanceId }
  return db.orm.transaction(async (tx) => {
    await within?.(tx)
    if (to.changedAtMs !== from.changedAtMs) {
      const moved = { fromPhase: from.phase, toPhase: phase, admittedBps, epoch, at: changedAt, reason }
      await tx
        .insert(regionTransitions)
        .values({ id, region, ...moved, actorId, instanceId })
        .onConflictDoNothing()
    }
    const byHand = actorId !== null && to.changedAtMs !== from.changedAtMs
    const [taken] = await tx
      .insert(regionStates)
      .values({ region, ...row })
      .onConflictDoUpdate({
        target: regionStates.region,
        ...(byHand ? movedByHand(row) : movedByItself(from, row)),
      })
      .returning()
    if (taken) return taken.epoch === epoch ? null : toStored(taken)
    const [held] = await tx.select().from(regionStates).where(eq(regionStates.region, region))
    return held ? toStored(held) : null
  })
}

type StateColumns = Omit<typeof regionStates.$inferInsert, 'region' | 'storedAt'>
const storedNow = sql`now()`

function movedByItself(from: RegionState, row: StateColumns) {
  return {
    set: { ...row, storedAt: storedNow },
    setWhere: and(
      lt(regionStates.epoch, row.epoch),
      ...(from.frozen ? [] : [eq(regionStates.frozen, false)]),
      ...(from.phase === 'failed_over' ? [] : [ne(regionStates.phase, 'failed_over')]),
    ),
  }
}

function movedByHand(row: StateColumns) {
  const epoch = sql<number>`greatest(${regionStates.epoch} + 1, ${row.epoch}::int)`
  return { set: { ...row, epoch, storedAt: storedNow } }
}
