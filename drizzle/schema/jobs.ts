import { pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Which instance runs a job that one instance alone should run; taken over when it expires. */
export const jobLeases = pgTable('job_leases', {
  /** Name of the job, e.g. `capacity`. */
  name: text('name').primaryKey(),
  /** Id of the instance. */
  holder: text('holder').notNull(),
  /** By the database's clock. */
  expiresAt: instant('expires_at').notNull(),
})
