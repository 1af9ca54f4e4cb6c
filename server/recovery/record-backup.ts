import { basename } from 'node:path'
import { newId } from '#server/access/new-id'
import type { BackupSummary } from '#server/db/backup-format'
import type { Database } from '#server/db/database'

/** Notes that a backup was written whole, so that others can say how old the last one is. */
export async function recordBackup(
  { pool }: Pick<Database, 'pool'>,
  { file, summary }: { file: string; summary: BackupSummary },
): Promise<void> {
  const { header, end } = summary
  const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0)
  await pool.query('INSERT INTO backups (id, at, file_name, rows, sha256) VALUES ($1, $2, $3, $4, $5)', [
    newId('bak'),
    header.createdAt,
    basename(file),
    rows,
    end.sha256,
  ])
}

/** When the last backup was taken, milliseconds since 1970; null = none is known. */
export async function lastBackupAtMs({ pool }: Pick<Database, 'pool'>): Promise<number | null> {
  const { rows } = await pool.query<{ at: Date | null }>('SELECT max(at) AS at FROM backups')
  return rows[0]?.at?.getTime() ?? null
}
