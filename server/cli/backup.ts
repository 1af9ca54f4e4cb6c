import { openForCli, runCli } from '#server/cli/run-cli'
import { writeBackup } from '#server/db/write-backup'
import { recordBackup } from '#server/recovery/record-backup'

await runCli('backup', async () => {
  const [file, ...rest] = process.argv.slice(2)
  if (!file || rest.length > 0 || file.startsWith('-')) {
    throw new Error('usage: npm run backup -- FILE   (e.g. npm run backup -- backups/today.gz)')
  }
  const { db, dataDir, version } = await openForCli()
  try {
    const summary = await writeBackup({
      db,
      dataDir,
      file,
      programVersion: version,
      nowMs: Date.now(),
      onProgress: (message) => console.error(message),
    })
    await recordBackup(db, { file, summary })
    const { end } = summary
    const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0)
    console.error(`${file}: ${rows} rows, ${end.journalRecords} journal records, SHA-256 ${end.sha256}`)
  } finally {
    await db.close()
  }
})
