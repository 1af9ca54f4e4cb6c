import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { PoolClient } from 'pg'
import { type BackupEnd, type BackupHeader, type BackupSummary, lineKinds } from '#server/db/backup-format'
import { listColumns, listTables, quoteName } from '#server/db/backup-tables'
import type { Database } from '#server/db/database'
import { databaseVersion } from '#server/db/migrate'
import { listPartitions, partitionedTables } from '#server/db/partitions'
import { readLinesOf } from '#server/db/read-lines'

export interface BackupOptions {
  db: Database
  /** Where the ledger journal lies. */
  dataDir: string
  /** Must not exist yet; appears only when it is whole. */
  file: string
  programVersion: string
  nowMs: number
  onProgress: (message: string) => void
}

const fetchRows = 2000

/** Saves the database as of one instant, with the pending ledger journal, into one compressed file. */
export async function writeBackup(options: BackupOptions): Promise<BackupSummary> {
  const { db, file } = options
  if (await exists(file)) throw new Error(`${file} exists already; choose another name`)
  const header = await composeHeader(options)
  const end: BackupEnd = { rows: {}, journalRecords: 0, sha256: '' }
  const draft = `${file}.partial`
  const client = await db.pool.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const lines = Readable.from(allLines({ client, options, header, end }))
    await pipeline(lines, createGzip(), createWriteStream(draft, { mode: 0o600 }))
    await client.query('COMMIT')
    await syncFile(draft)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    client.release(true)
    throw error
  }
  client.release()
  return { header, end }
}

async function composeHeader({ db, programVersion, nowMs }: BackupOptions): Promise<BackupHeader> {
  const migration = await databaseVersion(db)
  if (migration.createdAtMs === 0) throw new Error('there is nothing to back up: the database was never used')
  const partitions: BackupHeader['partitions'] = {}
  for (const table of partitionedTables) partitions[table] = await listPartitions(db, table)
  return {
    format: 'huntaze-backup',
    formatVersion: 1,
    programVersion,
    migration,
    createdAt: new Date(nowMs).toISOString(),
    partitions,
  }
}

interface Writing {
  client: PoolClient
  options: BackupOptions
  header: BackupHeader
  /** Filled in on the way. */
  end: BackupEnd
}

/** Pieces of the file, each of whole lines; the last says what all before amounted to. */
async function* allLines(writing: Writing): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const text of contentLines(writing)) {
    const piece = Buffer.from(text)
    hash.update(piece)
    yield piece
  }
  writing.end.sha256 = hash.digest('hex')
  yield Buffer.from(`${lineKinds.end}${JSON.stringify(writing.end)}\n`)
}

async function* contentLines({ client, options, header, end }: Writing): AsyncGenerator<string> {
  yield `${lineKinds.header}${JSON.stringify(header)}\n`
  for (const table of await listTables(client)) {
    const columns = await listColumns(client, table)
    yield `${lineKinds.table}${JSON.stringify({ table, columns })}\n`
    let count = 0
    for await (const rows of readRows(client, table)) {
      count += rows.length
      yield rows.map((row) => `${lineKinds.row}${row}\n`).join('')
    }
    end.rows[table] = count
    options.onProgress(`${table}: ${count} rows`)
  }
  for (const name of ['ledger.journal.replay', 'ledger.journal']) {
    for await (const line of journalLines(join(options.dataDir, name))) {
      end.journalRecords += 1
      yield `${lineKinds.journal}${line}\n`
    }
  }
  if (end.journalRecords > 0) options.onProgress(`pending journal: ${end.journalRecords} records`)
}

async function* readRows(client: PoolClient, table: string): AsyncGenerator<string[]> {
  await client.query(
    `DECLARE backup_rows NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS row FROM ${quoteName(table)} t`,
  )
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${fetchRows} FROM backup_rows`)
    if (rows.length > 0) yield rows.map(({ row }) => row)
    if (rows.length < fetchRows) break
  }
  await client.query('CLOSE backup_rows')
}

/** Whole records of a journal file; one that is being written at this moment is in neither file nor snapshot. */
async function* journalLines(path: string): AsyncGenerator<string> {
  if (!(await exists(path))) return
  for await (const line of readLinesOf(createReadStream(path))) if (isJson(line)) yield line
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
