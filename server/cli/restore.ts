import { openForCli, runCli } from '#server/cli/run-cli'
import { restoreBackup } from '#server/db/restore-backup'

await runCli('restore', async () => {
  const words = process.argv.slice(2)
  const replace = words.includes('--replace')
  const [file, ...rest] = words.filter((word) => word !== '--replace')
  if (!file || rest.length > 0 || file.startsWith('-')) {
    throw new Error('usage: npm run restore -- FILE [--replace]')
  }
  const { db, dataDir } = await openForCli()
  try {
    const { header, end } = await restoreBackup({
      db,
      dataDir,
      file,
      replace,
      nowMs: Date.now(),
      onProgress: (message) => console.error(message),
    })
    const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0)
    console.error(`restored ${rows} rows and ${end.journalRecords} journal records of ${header.createdAt}`)
  } finally {
    await db.close()
  }
})
