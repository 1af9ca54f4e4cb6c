import { eq, sql } from 'drizzle-orm'
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import { configurationVersion } from '#schema/configuration'
import type { Database } from '#server/db/database'

/** Where a change may be written: the database itself, or a transaction on it. */
export type Transaction = PgDatabase<NodePgQueryResultHKT>

/** Done inside the transaction of a change, so that both are there or neither is; it gets what was before and after. */
export type Along = (tx: Transaction, change: { before?: unknown; after?: unknown }) => Promise<void>

/** Told to whoever listens at the commit; polling finds the change without it. */
export const configurationChannel = 'huntaze_configuration'

/** The row that every configuration change raises. */
const rowId = 'current'

/**
 * Raises the configuration version inside the transaction of the change it announces, and returns it. The row's lock
 * makes versions visible in their order.
 */
export async function bumpConfiguration(tx: Transaction): Promise<number> {
  const rows = await tx
    .insert(configurationVersion)
    .values({ id: rowId, version: 1, changedAt: sql`now()` })
    .onConflictDoUpdate({
      target: configurationVersion.id,
      set: { version: sql`${configurationVersion.version} + 1`, changedAt: sql`now()` },
    })
    .returning({ version: configurationVersion.version })
  const version = rows[0]?.version ?? 0
  await tx.execute(sql`SELECT pg_notify(${configurationChannel}, ${String(version)})`)
  return version
}

/** The committed configuration version; 0 before the first change. */
export async function readConfigurationVersion(db: Database): Promise<number> {
  const rows = await db.orm
    .select({ version: configurationVersion.version })
    .from(configurationVersion)
    .where(eq(configurationVersion.id, rowId))
  return rows[0]?.version ?? 0
}
