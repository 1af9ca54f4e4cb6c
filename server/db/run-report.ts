import type { QueryResult, QueryResultRow } from 'pg'
import type { Database } from '#server/db/database'

/**
 * Memory for a hundred thousand groups; no compilation, which took Postgres longer than adding up the rows; no further
 * processes, which on a machine that serves requests wait for a processor longer than they save. The embedded database is
 * started with settings of its own.
 */
const begin = `BEGIN READ ONLY; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0`

/** Runs one query that adds up many rows, with what such a query needs. */
export async function runReport<Row extends QueryResultRow>(
  db: Pick<Database, 'pool' | 'kind'>,
  { text, values }: { text: string; values: unknown[] },
): Promise<QueryResult<Row>> {
  if (db.kind === 'embedded') return db.pool.query<Row>(text, values)
  const client = await db.pool.connect()
  let failure: Error | undefined
  try {
    await client.query(begin)
    const result = await client.query<Row>(text, values)
    await client.query('COMMIT')
    return result
  } catch (error) {
    // The connection is given up with its transaction.
    failure = error instanceof Error ? error : new Error(String(error))
    throw failure
  } finally {
    client.release(failure)
  }
}
