import type { Database } from '#server/db/database'

/** Tells this database from every other one, also from one of the same name on the same server. */
export async function readDatabaseId(db: Pick<Database, 'pool'>): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT system_identifier || '-' || oid AS id FROM pg_control_system(), pg_database
     WHERE datname = current_database()`,
  )
  return rows[0]?.id ?? 'unknown'
}
