import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PgliteWorkerData } from '#server/db/pglite-worker'

export interface EmbeddedServer {
  /** Directory of the socket: `host` for the `pg` driver. */
  socketDir: string
  /** Checkpoints, ends the thread, removes the socket directory. */
  close(): Promise<void>
}

/**
 * Runs PGlite in a worker thread (its queries are synchronous and would stall every stream) behind a unix socket
 * in a fresh directory that only this user may enter. A thread that dies is started again on the same socket, at
 * most once a second; meanwhile connections are refused.
 */
export async function startEmbeddedServer(options: {
  pgDataDir: string
  onCrash: (error: Error) => void
}): Promise<EmbeddedServer> {
  const socketDir = await freshSocketDir(`${options.pgDataDir}.socket`)
  const socketPath = join(socketDir, '.s.PGSQL.5432')
  let closing = false
  let restartTimer: ReturnType<typeof setTimeout> | undefined
  let worker = await startWorker().catch(async (error: unknown) => {
    await rm(socketDir, { recursive: true, force: true })
    await rm(`${options.pgDataDir}.socket`, { force: true })
    throw error
  })

  async function startWorker(): Promise<Worker> {
    await rm(socketPath, { force: true })
    const workerData: PgliteWorkerData = { pgDataDir: options.pgDataDir, socketPath }
    const started = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData, execArgv: [] })
    await settled(started)
    let crash = new Error('the embedded database ended unexpectedly')
    started.on('error', (error) => {
      crash = error instanceof Error ? error : new Error(String(error))
    })
    started.on('exit', () => {
      if (closing) return
      options.onCrash(crash)
      restartSoon()
    })
    return started
  }

  function restartSoon(): void {
    restartTimer = setTimeout(() => {
      startWorker().then(
        (next) => {
          worker = next
        },
        (error: Error) => {
          if (closing) return
          options.onCrash(error)
          restartSoon()
        },
      )
    }, 1000)
    restartTimer.unref()
  }

  return {
    socketDir,
    async close() {
      closing = true
      clearTimeout(restartTimer)
      await stopWorker(worker)
      await rm(socketDir, { recursive: true, force: true })
      await rm(`${options.pgDataDir}.socket`, { force: true })
    },
  }
}

const socketDirPrefix = join(tmpdir(), 'huntaze-db-')

/**
 * A new directory under the system's temporary one, since a socket's path may have but 107 bytes. The note beside
 * the data says where it is, so that the one of a killed process is removed by the next.
 */
async function freshSocketDir(notePath: string): Promise<string> {
  const left = await readFile(notePath, 'utf8').catch(() => '')
  if (left.startsWith(socketDirPrefix)) await rm(left, { recursive: true, force: true })
  const socketDir = await mkdtemp(socketDirPrefix)
  await chmod(socketDir, 0o700)
  await writeFile(notePath, socketDir, { mode: 0o600 })
  return socketDir
}

/** Resolves when the thread serves; rejects with what kept it from doing so. */
function settled(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      worker.removeAllListeners()
      resolve()
    })
    worker.once('error', reject)
    worker.once('exit', (code) =>
      reject(new Error(`the embedded database ended with code ${code} while opening`)),
    )
  })
}

function stopWorker(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.threadId === -1) return resolve()
    worker.once('exit', () => resolve())
    worker.postMessage('close')
  })
}
