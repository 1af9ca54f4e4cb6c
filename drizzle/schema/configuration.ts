import { sql } from 'drizzle-orm'
import { bigint, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** One row (`id = 'current'`): raised by every change that running instances must obey; they poll it. */
export const configurationVersion = pgTable('configuration_version', {
  id: text('id').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull().default(sql`0`),
  changedAt: instant('changed_at').notNull(),
})

/** Operators' settings, one row a key; the keys and their shapes are in `lib/contracts/settings`. */
export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  changedAt: instant('changed_at').notNull(),
  changedBy: text('changed_by').notNull(),
})
