import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import {
  type BackupHeader,
  type BackupSummary,
  type BackupTable,
  backupTable,
  lineKinds,
} from '#server/db/backup-format'
import { listTables, quoteName } from '#server/db/backup-tables'
import type { Database } from '#server/db/database'
import { databaseVersion, migrate, migrateTo, programVersion } from '#server/db/migrate'
import { ensurePartition, partitionedTables, partitionMonth } from '#server/db/partitions'
import { readBackupLines, verifyBackup } from '#server/db/verify-backup'

export interface RestoreOptions {
  db: Database
  /** Where the pending ledger journal of the backup is put, to be replayed by the next start. */
  dataDir: string
  file: string
  /** Empties every table first; otherwise only an empty database is restored into. */
  replace: boolean
  nowMs: number
  onProgress: (message: string) => void
}

const insertBytes = 1024 * 1024

/**
 * Restores a backup after reading it through and checking it. The rows go in by one transaction: when anything
 * fails, the database is as it was.
 * @throws Error when the file is damaged, was taken by a newer program, or the database holds rows already.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupSummary> {
  const { db, file, nowMs } = options
  const summary = await verifyBackup(file)
  options.onProgress('the backup is whole')
  await prepareSchema(db, summary.header)
  await createMonths(db, summary.header)
  const client = await db.pool.connect()
  try {
    await client.query('BEGIN')
    // What guards rows against being changed would also keep them from being put back.
    await switchTriggers(client, 'DISABLE')
    await emptyTables(client, options)
    await insertAll(client, options)
    await compareCounts(client, summary)
    await advanceSequences(client)
    await switchTriggers(client, 'ENABLE')
    await client.query('COMMIT')
  } catch (error) {
    client.release(true)
    throw error
  }
  client.release()
  await restoreJournal(options)
  await migrate(db, nowMs)
  await db.pool.query('ANALYZE')
  if (db.kind === 'embedded') await db.pool.query('CHECKPOINT')
  return summary
}

/** The rows go into the tables of the version that wrote them; newer migrations follow. */
async function prepareSchema(
  db: Database,
  { migration, programVersion: writer }: BackupHeader,
): Promise<void> {
  if (migration.createdAtMs > programVersion().createdAtMs) {
    throw new Error(
      `the backup was taken by a newer program (version ${writer}, migration ${migration.name}); restore it with that one`,
    )
  }
  const present = await databaseVersion(db)
  if (present.createdAtMs === 0) return migrateTo(db, migration)
  if (present.createdAtMs !== migration.createdAtMs) {
    throw new Error(
      `the database is at migration ${present.name} and the backup at ${migration.name}; restore into a new database`,
    )
  }
}

async function createMonths(db: Database, { partitions }: BackupHeader): Promise<void> {
  for (const table of partitionedTables) {
    for (const name of partitions[table] ?? []) {
      const monthMs = partitionMonth(name)
      if (monthMs !== null) await ensurePartition(db, { table, monthMs })
    }
  }
}

async function emptyTables(client: PoolClient, { replace }: RestoreOptions): Promise<void> {
  const tables = await listTables(client)
  if (replace) {
    await client.query(`TRUNCATE ${tables.map(quoteName).join(', ')}`)
    return
  }
  for (const table of tables) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${quoteName(table)} LIMIT 1`)
    if (rowCount) {
      throw new Error(
        `the database is not empty (${table} has rows); use --replace to put the backup in its place`,
      )
    }
  }
}

async function insertAll(client: PoolClient, { file, onProgress }: RestoreOptions): Promise<void> {
  let into: BackupTable | undefined
  let rows: string[] = []
  let bytes = 0
  const flush = async () => {
    if (into && rows.length > 0) await insertRows(client, { into, rows })
    rows = []
    bytes = 0
  }
  for await (const { kind, text } of readBackupLines(file)) {
    if (kind === lineKinds.row) {
      rows.push(text)
      bytes += text.length
      if (bytes >= insertBytes) await flush()
    } else if (kind === lineKinds.table) {
      await flush()
      into = backupTable.parse(JSON.parse(text))
      onProgress(`restoring ${into.table}`)
    }
  }
  await flush()
}

async function insertRows(
  client: PoolClient,
  { into, rows }: { into: BackupTable; rows: readonly string[] },
): Promise<void> {
  const table = quoteName(into.table)
  const columns = into.columns.map(quoteName).join(', ')
  // The rows stay the text that Postgres wrote: parsed here, large numbers would lose digits.
  await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1::json)`,
    [`[${rows.join(',')}]`],
  )
}

/** Those of ours, on every table and partition; foreign keys hold all the same. */
async function switchTriggers(client: PoolClient, how: 'ENABLE' | 'DISABLE'): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT tgrelid::regclass::text AS name FROM pg_trigger
     JOIN pg_class ON pg_class.oid = tgrelid
     WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace`,
  )
  for (const { name } of rows) await client.query(`ALTER TABLE ${name} ${how} TRIGGER USER`)
}

/** Numbers that a column hands out itself go on behind the restored ones. */
async function advanceSequences(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT refobjid::regclass::text AS table, attname AS column FROM pg_depend
     JOIN pg_class sequences ON sequences.oid = objid AND sequences.relkind = 'S'
     JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
     WHERE deptype = 'a' AND sequences.relnamespace = 'public'::regnamespace`,
  )
  for (const { table, column } of rows) {
    const name = quoteName(column)
    await client.query(
      `SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max(${name}), 1), max(${name}) IS NOT NULL) FROM ${table}`,
      [table, column],
    )
  }
}

async function compareCounts(client: PoolClient, { end }: BackupSummary): Promise<void> {
  for (const [table, expected] of Object.entries(end.rows)) {
    const { rows } = await client.query<{ n: string }>(`SELECT count(*)::text AS n FROM ${quoteName(table)}`)
    if (Number(rows[0]?.n) !== expected)
      throw new Error(`${table} has ${rows[0]?.n} rows instead of ${expected}`)
  }
}

async function restoreJournal({ dataDir, file, replace }: RestoreOptions): Promise<void> {
  const path = join(dataDir, 'ledger.journal')
  if (replace) for (const name of [path, `${path}.replay`]) await rm(name, { force: true })
  const lines: string[] = []
  for await (const { kind, text } of readBackupLines(file))
    if (kind === lineKinds.journal) lines.push(`${text}\n`)
  if (lines.length === 0) return
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeFile(path, lines.join(''), { flag: 'a', mode: 0o600 })
}
