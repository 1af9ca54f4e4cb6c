import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Who holds a data directory. */
interface LockOwner {
  pid: number
  /** Tells a process from a later one with the same id; null where the system does not say. */
  processStart: string | null
  host: string
}

export interface DataDirLock {
  release(): Promise<void>
}

const fileName = 'instance.lock'

/**
 * Takes a data directory for this process, since two PGlites on one directory destroy it. The lock of a process
 * that has ended is taken over; each attempt is atomic, so of several processes one wins.
 * @throws Error naming the process that holds it.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, fileName)
  const own = JSON.stringify({
    pid: process.pid,
    processStart: await processStart(process.pid),
    host: hostname(),
  } satisfies LockOwner)
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (await createExclusively(path, own)) {
      return { release: () => releaseOwn(path, own) }
    }
    const text = await readText(path)
    if (text === null) continue
    const owner = parseOwner(text)
    if (owner && (await isAlive(owner))) {
      throw new Error(
        `${dataDir} is in use by process ${owner.pid}; stop it or set HUNTAZE_DATA_DIR to another directory`,
      )
    }
    await removeStale(path, text)
  }
  throw new Error(`${dataDir} could not be locked: other processes keep taking it`)
}

/** `link` fails when the target exists and shows the file only with its content. */
async function createExclusively(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.${process.hrtime.bigint()}`
  await writeFile(draft, content, { mode: 0o600 })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Removes the lock that was read, and puts it back if another process had replaced it in between. */
async function removeStale(path: string, expected: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}.${process.hrtime.bigint()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  if ((await readText(aside)) !== expected) await link(aside, path)
  await rm(aside, { force: true })
}

async function releaseOwn(path: string, own: string): Promise<void> {
  if ((await readText(path)) === own) await rm(path, { force: true })
}

async function isAlive(owner: LockOwner): Promise<boolean> {
  if (owner.processStart !== null) return (await processStart(owner.pid)) === owner.processStart
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** Boot and start tick of a process on Linux; null for a process that does not run, or elsewhere. */
async function processStart(pid: number): Promise<string | null> {
  const [boot, stat] = await Promise.all([
    readText('/proc/sys/kernel/random/boot_id'),
    readText(`/proc/${pid}/stat`),
  ])
  // The command name, in parentheses, may hold spaces; the start tick is the 20th field after it.
  const startTick = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return boot && startTick ? `${boot.trim()}:${startTick}` : null
}

function parseOwner(text: string): LockOwner | null {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner>
    if (typeof owner.pid !== 'number') return null
    return { pid: owner.pid, processStart: owner.processStart ?? null, host: owner.host ?? '' }
  } catch {
    return null
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return null
    throw error
  }
}

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
