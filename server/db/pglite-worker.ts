import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { servePglite } from '#server/db/serve-pglite'

/** What the thread is started with. */
export interface PgliteWorkerData {
  pgDataDir: string
  socketPath: string
}

/**
 * Half the default cache (the system caches the files too), memory for reports of fifty thousand groups, and no statistics
 * that only autovacuum would read.
 */
const settings = [
  'shared_buffers=64MB',
  'work_mem=16MB',
  'jit=off',
  'track_counts=off',
  'track_activities=off',
].flatMap((setting) => ['-c', setting])

/**
 * Nobody waits for the database's thread but a reader, so answers go first where cores are few. On Linux `0` is the
 * calling thread alone; elsewhere it would be the whole process.
 */
const databaseNiceness = 10

function yieldToAnswers(): void {
  if (process.platform === 'linux') setPriority(0, databaseNiceness)
}

/** Says `ready` when clients may connect and `closed` after a clean end; any message asks it to end. */
async function run({ pgDataDir, socketPath }: PgliteWorkerData): Promise<void> {
  const db = await PGlite.create({
    dataDir: pgDataDir,
    startParams: [...PGlite.defaultStartParams, ...settings],
  })
  const version = await db.query<{ server_version: string }>('SHOW server_version')
  const server = await servePglite({
    db,
    path: socketPath,
    serverVersion: version.rows[0]?.server_version ?? 'unknown',
  })
  parentPort?.once('message', async () => {
    await server.close()
    await db.exec('CHECKPOINT')
    await db.close()
    parentPort?.postMessage('closed')
    parentPort?.close()
  })
  yieldToAnswers()
  parentPort?.postMessage('ready')
}

await run(workerData as PgliteWorkerData)
