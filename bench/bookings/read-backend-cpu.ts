import { readCpuMs } from '#bench/servers/read-process-usage'
import type { Database } from '../../server/db/database.ts'

/**
 * CPU time, ms, of the Postgres processes that serve this database now; 0 when it is embedded, null when they run on
 * another machine.
 */
export async function readBackendCpuMs(db: Database): Promise<number | null> {
  if (db.kind === 'embedded') return 0
  const { rows } = await db.pool.query<{ pid: number; name: string }>(
    `SELECT pid, coalesce(inet_server_addr() IN ('127.0.0.1', '::1'), true)::text AS name
     FROM pg_stat_activity WHERE datname = current_database()`,
  )
  if (rows.some(({ name }) => name !== 'true')) return null
  return rows.reduce((sum, { pid }) => sum + readCpuMs(pid), 0)
}
