import { desc, sql } from 'drizzle-orm'
import type { CapacityChangeView } from '#lib/contracts/capacity'
import { capacityChanges } from '#schema/deployments'
import type { Database } from '#server/db/database'

export type CapacityChange = typeof capacityChanges.$inferSelect

/** The last change of each kind; null = there was none. */
export interface CapacityRecord {
  recommended: CapacityChange | null
  applying: CapacityChange | null
  applied: CapacityChange | null
  failed: CapacityChange | null
  /** By an operator; what the rules withdraw is not in it. */
  dismissed: CapacityChange | null
}

export const noCapacityRecord: CapacityRecord = {
  recommended: null,
  applying: null,
  applied: null,
  failed: null,
  dismissed: null,
}

/** By deployment. `simulated` chooses between what was done to the simulator and what was done to Azure. */
export async function readCapacityRecords(
  db: Pick<Database, 'orm'>,
  simulated: boolean,
): Promise<ReadonlyMap<string, CapacityRecord>> {
  const byOperator = sql`(${capacityChanges.actorId} IS NOT NULL)`
  const rows = await db.orm
    .selectDistinctOn([capacityChanges.deploymentId, capacityChanges.state, byOperator])
    .from(capacityChanges)
    .where(sql`${capacityChanges.simulated} = ${simulated}`)
    .orderBy(
      capacityChanges.deploymentId,
      capacityChanges.state,
      byOperator,
      desc(sql`coalesce(${capacityChanges.finishedAt}, ${capacityChanges.createdAt})`),
    )
  const records = new Map<string, CapacityRecord>()
  for (const row of rows) {
    const known = records.get(row.deploymentId) ?? noCapacityRecord
    records.set(row.deploymentId, withChange(known, row))
  }
  return records
}

function withChange(record: CapacityRecord, row: CapacityChange): CapacityRecord {
  if (row.state === 'dismissed' && row.actorId === null) return record
  const known = record[row.state]
  return known !== null && endOf(known) > endOf(row) ? record : { ...record, [row.state]: row }
}

function endOf({ finishedAt, createdAt }: CapacityChange): number {
  return (finishedAt ?? createdAt).getTime()
}

/** Newest first. */
export async function listCapacityChanges(
  db: Pick<Database, 'orm'>,
  limit: number,
): Promise<CapacityChange[]> {
  return db.orm.select().from(capacityChanges).orderBy(desc(capacityChanges.createdAt)).limit(limit)
}

/** The change that a line of the plan shows: what is under way, else what is recommended, else what came last. */
export function shownChange(record: CapacityRecord): CapacityChange | null {
  if (record.applying) return record.applying
  if (record.recommended) return record.recommended
  const ended = [record.applied, record.failed, record.dismissed].filter((row) => row !== null)
  return ended.sort((a, b) => endOf(b) - endOf(a))[0] ?? null
}

export function toCapacityChangeView(row: CapacityChange): CapacityChangeView {
  const { id, deploymentId, direction, fromUnits, toUnits, unit, state, reason, error, actorId } = row
  return {
    id,
    deploymentId,
    direction,
    fromUnits,
    toUnits,
    unit,
    state,
    reason,
    error,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    actorId,
  }
}
