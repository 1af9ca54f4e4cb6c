import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import {
  type BackupEnd,
  type BackupHeader,
  type BackupSummary,
  backupEnd,
  backupHeader,
  backupTable,
  lineKinds,
} from '#server/db/backup-format'
import { readLinesOf } from '#server/db/read-lines'

/** The lines of a backup as kind and content. */
export async function* readBackupLines(file: string): AsyncGenerator<{ kind: string; text: string }> {
  const source = createReadStream(file)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  for await (const line of readLinesOf(source.pipe(unzipped)))
    yield { kind: line.slice(0, 1), text: line.slice(1) }
}

/**
 * Reads a backup through to its end and checks form, row counts and SHA-256.
 * @throws Error saying what is wrong with the file.
 */
export async function verifyBackup(file: string): Promise<BackupSummary> {
  const hash = createHash('sha256')
  const seen: BackupEnd = { rows: {}, journalRecords: 0, sha256: '' }
  let header: BackupHeader | undefined
  let end: BackupEnd | undefined
  let table = ''
  try {
    for await (const { kind, text } of readBackupLines(file)) {
      if (end) throw new Error('there is more behind its end')
      if (!header && kind !== lineKinds.header) throw new Error('it does not begin like one')
      if (kind === lineKinds.end) end = backupEnd.parse(JSON.parse(text))
      else hash.update(`${kind}${text}\n`)
      if (kind === lineKinds.header) header = backupHeader.parse(JSON.parse(text))
      if (kind === lineKinds.journal) seen.journalRecords += 1
      if (kind === lineKinds.row) seen.rows[table] = (seen.rows[table] ?? 0) + 1
      if (kind === lineKinds.table) {
        table = backupTable.parse(JSON.parse(text)).table
        seen.rows[table] = 0
      }
    }
    if (!header || !end) throw new Error('it ends too early')
    seen.sha256 = hash.digest('hex')
    if (!sameEnd(seen, end)) throw new Error('its content does not match its counts and checksum')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${file} is not a whole backup: ${reason}`, { cause: error })
  }
  return { header, end }
}

function sameEnd(seen: BackupEnd, said: BackupEnd): boolean {
  const counts = Object.entries(said.rows)
  return (
    seen.sha256 === said.sha256 &&
    seen.journalRecords === said.journalRecords &&
    counts.length === Object.keys(seen.rows).length &&
    counts.every(([table, count]) => seen.rows[table] === count)
  )
}
