import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

/** An open database: PGlite behind its socket, or Postgres; one driver serves both. */
export interface Database {
  kind: 'embedded' | 'postgres'
  /** Queries by drizzle. */
  orm: NodePgDatabase
  /** Queries by text, for statements drizzle has no words for. No named statements here (embedded: one session). */
  pool: Pool
  /** Connection settings for a dedicated `pg.Client` (the ledger writer's, which alone uses named statements). */
  connection: DatabaseConnection
  close(): Promise<void>
}

/** What `new pg.Client(…)` takes. */
export interface DatabaseConnection {
  connectionString?: string
  host?: string
  user?: string
  database?: string
}
