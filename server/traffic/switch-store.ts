import { isNull } from 'drizzle-orm'
import type { SwitchScope, TrafficSwitch } from '#lib/traffic/traffic-config'
import { trafficSwitches } from '#schema/traffic'
import type { Database } from '#server/db/database'

type SwitchRow = typeof trafficSwitches.$inferSelect

/** The switches in force, the oldest first. */
export async function readSwitches(db: Pick<Database, 'orm'>): Promise<TrafficSwitch[]> {
  const rows = await db.orm
    .select()
    .from(trafficSwitches)
    .where(isNull(trafficSwitches.returnedAt))
    .orderBy(trafficSwitches.thrownAt, trafficSwitches.id)
  return rows.map((row) => ({ id: row.id, scope: scopeOf(row), sinceMs: row.thrownAt.getTime() }))
}

/** The scope that a row's columns mean. */
function scopeOf({
  scopeKind,
  tier,
  operation,
}: Pick<SwitchRow, 'scopeKind' | 'tier' | 'operation'>): SwitchScope {
  if (scopeKind === 'tier') return { kind: 'tier', tier: tier ?? '' }
  if (scopeKind === 'operation') return { kind: 'operation', tier, operation: operation ?? '' }
  return { kind: 'all' }
}
