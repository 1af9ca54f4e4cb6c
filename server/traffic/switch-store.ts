import { and, desc, eq, gte, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import type { SwitchView } from '#lib/contracts/traffic'
import type { SwitchScope, TrafficSwitch } from '#lib/traffic/traffic-config'
import { trafficSwitches } from '#schema/traffic'
import type { Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'

export type SwitchRow = typeof trafficSwitches.$inferSelect
type Db = Pick<Database, 'orm'>

/** The switches in force, the oldest first. */
export async function readSwitches(db: Db): Promise<TrafficSwitch[]> {
  return (await readSwitchRows(db)).map((row) => ({
    id: row.id,
    scope: scopeOf(row),
    sinceMs: row.thrownAt.getTime(),
  }))
}

/** Rows of the switches in force, the oldest first. */
export function readSwitchRows(db: Db): Promise<SwitchRow[]> {
  return db.orm
    .select()
    .from(trafficSwitches)
    .where(isNull(trafficSwitches.returnedAt))
    .orderBy(trafficSwitches.thrownAt, trafficSwitches.id)
}

/** Switches taken back within the last ten minutes whose first request by Azure is not known; `sinceMs` is the return. */
export async function readRecentReturns(db: Db): Promise<TrafficSwitch[]> {
  const recent = gte(trafficSwitches.returnedAt, sql`now() - interval '10 minutes'`)
  const rows = await db.orm
    .select()
    .from(trafficSwitches)
    .where(and(recent, isNull(trafficSwitches.returnedRequest)))
  return rows.map((row) => ({
    id: row.id,
    scope: scopeOf(row),
    sinceMs: (row.returnedAt ?? row.thrownAt).getTime(),
  }))
}

/** Rows of the switches that were taken back, the newest first. */
export function readReturnedRows(db: Db, limit: number): Promise<SwitchRow[]> {
  return db.orm
    .select()
    .from(trafficSwitches)
    .where(isNotNull(trafficSwitches.returnedAt))
    .orderBy(desc(trafficSwitches.returnedAt))
    .limit(limit)
}

/** A new switch. @returns false when one of the same scope is in force, or one of this id was ever thrown. */
export async function insertSwitch(
  tx: Transaction,
  {
    scope,
    ...row
  }: Omit<typeof trafficSwitches.$inferInsert, 'scopeKind' | 'tier' | 'operation'> & {
    scope: SwitchScope
  },
): Promise<boolean> {
  const rows = await tx
    .insert(trafficSwitches)
    .values({ ...row, ...columnsOf(scope) })
    .onConflictDoNothing()
    .returning({ id: trafficSwitches.id })
  return rows.length > 0
}

/** Takes one switch back. @returns its row as it is now; null when it is not in force. */
export async function endSwitch(
  tx: Transaction,
  id: string,
  returned: Required<Pick<SwitchRow, 'returnedAt' | 'returnedBy' | 'returnReason' | 'returnedVersion'>>,
): Promise<SwitchRow | null> {
  const rows = await tx
    .update(trafficSwitches)
    .set(returned)
    .where(and(eq(trafficSwitches.id, id), isNull(trafficSwitches.returnedAt)))
    .returning()
  return rows[0] ?? null
}

/** Writes down what was seen of a switch. @returns its row as it is now; null when `where` does not hold. */
export async function noteSwitch(
  db: Db,
  id: string,
  { set, where }: { set: Partial<SwitchRow>; where?: SQL },
): Promise<SwitchRow | null> {
  const own = eq(trafficSwitches.id, id)
  const rows = await db.orm.update(trafficSwitches).set(set).where(and(own, where)).returning()
  return rows[0] ?? null
}

function columnsOf(scope: SwitchScope): Pick<SwitchRow, 'scopeKind' | 'tier' | 'operation'> {
  return {
    scopeKind: scope.kind,
    tier: scope.kind === 'all' ? null : scope.tier,
    operation: scope.kind === 'operation' ? scope.operation : null,
  }
}

/** The scope that a row's columns mean. */
export function scopeOf({
  scopeKind,
  tier,
  operation,
}: Pick<SwitchRow, 'scopeKind' | 'tier' | 'operation'>): SwitchScope {
  if (scopeKind === 'tier') return { kind: 'tier', tier: tier ?? '' }
  if (scopeKind === 'operation') return { kind: 'operation', tier, operation: operation ?? '' }
  return { kind: 'all' }
}

/** A row as the console sees it. */
export function switchViewOf(row: SwitchRow): SwitchView {
  const { id, via, thrownAt, thrownBy, reason, thrownVersion, returnedAt, returnedBy } = row
  return {
    id,
    scope: scopeOf(row),
    via,
    thrown: {
      at: thrownAt.toISOString(),
      by: thrownBy,
      reason,
      version: thrownVersion,
      fleet: row.thrownFleet,
      firstRequest: row.thrownRequest,
    },
    returned: returnedAt && {
      at: returnedAt.toISOString(),
      by: returnedBy ?? '',
      reason: row.returnReason ?? '',
      version: row.returnedVersion ?? 0,
      fleet: row.returnedFleet,
      firstRequest: row.returnedRequest,
    },
    stored: true,
  }
}
