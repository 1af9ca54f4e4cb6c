import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Rollback switches, thrown and taken back: a row stays for good, and holds while `returned_at` is null. */
export const trafficSwitches = pgTable(
  'traffic_switches',
  {
    /** `tsw_…` */
    id: text('id').primaryKey(),
    scopeKind: text('scope_kind', { enum: ['all', 'tier', 'operation'] }).notNull(),
    /** Null = every tier. */
    tier: text('tier'),
    /** Null = every operation. */
    operation: text('operation'),
    /** How it was thrown: over the API, or at one instance while the database was away. */
    via: text('via', { enum: ['api', 'file', 'signal'] }).notNull(),
    thrownAt: instant('thrown_at').notNull(),
    thrownBy: text('thrown_by').notNull(),
    reason: text('reason').notNull(),
    /** The configuration version with which it began to hold. */
    thrownVersion: bigint('thrown_version', { mode: 'number' }).notNull(),
    returnedAt: instant('returned_at'),
    returnedBy: text('returned_by'),
    returnReason: text('return_reason'),
    /** The configuration version with which it ceased to hold. */
    returnedVersion: bigint('returned_version', { mode: 'number' }),
  },
  (table) => [
    uniqueIndex('traffic_switches_in_force')
      .on(table.scopeKind, sql`coalesce(${table.tier}, '')`, sql`coalesce(${table.operation}, '')`)
      .where(sql`${table.returnedAt} IS NULL`),
    index('traffic_switches_thrown').on(table.thrownAt),
  ],
)
