import { bigint, index, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** Backups that were written whole; a row by each `npm run backup`, put into the database behind the backup itself. */
export const backups = pgTable(
  'backups',
  {
    /** `bak_…` */
    id: text('id').primaryKey(),
    /** The instant that the file shows. */
    at: timestamp('at', { withTimezone: true, mode: 'date' }).notNull(),
    /** Without its folder. */
    fileName: text('file_name').notNull(),
    rows: bigint('rows', { mode: 'number' }).notNull(),
    /** Of the file's content before compression. */
    sha256: text('sha256').notNull(),
  },
  (table) => [index('backups_at').on(table.at)],
)
