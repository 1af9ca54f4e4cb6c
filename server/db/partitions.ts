import type { PoolClient } from 'pg'
import type { Database } from '#server/db/database'

/** Tables that are partitioned by month; each has a default partition, so no row is ever refused. */
export const partitionedTables = ['ledger_entries', 'attempts', 'audit_entries'] as const
export type PartitionedTable = (typeof partitionedTables)[number]

/** The instant by which each is partitioned. */
const partitionColumns: Readonly<Record<PartitionedTable, string>> = {
  ledger_entries: 'started_at',
  attempts: 'started_at',
  audit_entries: 'at',
}

interface Month {
  /** First instant of the month in UTC, ISO. */
  from: string
  to: string
  /** e.g. `y2026m11` */
  suffix: string
}

/**
 * Creates the partitions of the month before `nowMs`, of its own and of the next; rows that waited in the default
 * partition move over. Idempotent.
 */
export async function ensurePartitions(db: Database, nowMs: number): Promise<void> {
  const now = new Date(nowMs)
  for (const offset of [-1, 0, 1]) {
    const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset)
    for (const table of partitionedTables) await ensurePartition(db, { table, monthMs })
  }
}

/** Creates the partition for the month in which `monthMs` lies, as `ensurePartitions` does. */
export async function ensurePartition(
  db: Database,
  { table, monthMs }: { table: PartitionedTable; monthMs: number },
): Promise<void> {
  const month = monthOf(monthMs)
  const name = `${table}_${month.suffix}`
  if (await exists(db.pool, name)) return
  const client = await db.pool.connect()
  let failure: Error | undefined
  try {
    await client.query('BEGIN')
    await createPartition(client, { table, name, month })
    await client.query('COMMIT')
  } catch (error) {
    // The connection is given up with its transaction.
    failure = error instanceof Error ? error : new Error(String(error))
    throw failure
  } finally {
    client.release(failure)
  }
}

/** Drops the partitions that end before `beforeMs`, and with them their rows; returns the dropped names. */
export async function dropPartitionsBefore(
  db: Database,
  { table, beforeMs }: { table: PartitionedTable; beforeMs: number },
): Promise<string[]> {
  const dropped: string[] = []
  for (const name of await listPartitions(db, table)) {
    const monthMs = partitionMonth(name)
    if (monthMs === null || Date.parse(monthOf(monthMs).to) > beforeMs) continue
    await db.pool.query(`DROP TABLE IF EXISTS "${name}"`)
    dropped.push(name)
  }
  return dropped
}

/** First instant of the month that a partition of that name holds; null for a default partition. */
export function partitionMonth(name: string): number | null {
  const match = /_y(\d{4})m(\d{2})$/.exec(name)
  return match ? Date.UTC(Number(match[1]), Number(match[2]) - 1) : null
}

/** Names of a table's partitions, the default one included, in order. */
export async function listPartitions(db: Pick<Database, 'pool'>, table: PartitionedTable): Promise<string[]> {
  const found = await db.pool.query<{ name: string }>(
    `SELECT child.relname AS name FROM pg_inherits
     JOIN pg_class child ON child.oid = inhrelid
     WHERE inhparent = $1::regclass ORDER BY child.relname`,
    [table],
  )
  return found.rows.map((row) => row.name)
}

function monthOf(ms: number): Month {
  const date = new Date(ms)
  const from = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()))
  const to = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1))
  const month = String(from.getUTCMonth() + 1).padStart(2, '0')
  return { from: from.toISOString(), to: to.toISOString(), suffix: `y${from.getUTCFullYear()}m${month}` }
}

async function createPartition(
  client: PoolClient,
  { table, name, month }: { table: PartitionedTable; name: string; month: Month },
): Promise<void> {
  // Waits for writers, and keeps a second instance from creating the same partition meanwhile.
  await client.query(`LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`)
  if (await exists(client, name)) return
  await client.query(`CREATE TABLE "${name}" (LIKE "${table}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`)
  const column = partitionColumns[table]
  // Moving is no deletion: the rows are the same ones to whoever reads the table.
  await client.query(`ALTER TABLE "${table}_default" DISABLE TRIGGER USER`)
  await client.query(
    `WITH moved AS (DELETE FROM "${table}_default" WHERE ${column} >= $1 AND ${column} < $2 RETURNING *)
     INSERT INTO "${name}" SELECT * FROM moved`,
    [month.from, month.to],
  )
  await client.query(`ALTER TABLE "${table}_default" ENABLE TRIGGER USER`)
  await client.query(
    `ALTER TABLE "${table}" ATTACH PARTITION "${name}" FOR VALUES FROM ('${month.from}') TO ('${month.to}')`,
  )
  if (table === 'audit_entries') await refuseTruncation(client, name)
}

/** Unlike triggers of rows, those of statements do not pass from a table to its partitions. */
async function refuseTruncation(client: PoolClient, name: string): Promise<void> {
  await client.query(
    `CREATE TRIGGER "audit_entries_no_truncate" BEFORE TRUNCATE ON "${name}"
     FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()`,
  )
}

async function exists(queryable: Pick<PoolClient, 'query'>, name: string): Promise<boolean> {
  const found = await queryable.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    name,
  ])
  return found.rows[0]?.found === true
}
