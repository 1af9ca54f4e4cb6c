import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { servePglite } from '#server/db/serve-pglite'

/** What the thread is started with. */
export interface PgliteWorkerData {
  pgDataDir: string
  socketPath: string
}

/** Half the default cache (the system caches the files too), and no statistics that only autovacuum would read. */
const settings = ['shared_buffers=64MB', 'jit=off', 'track_counts=off', 'track_activities=off'].flatMap(
  (setting) => ['-c', setting],
)

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
  parentPort?.postMessage('ready')
}

await run(workerData as PgliteWorkerData)
