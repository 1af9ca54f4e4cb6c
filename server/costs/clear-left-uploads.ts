import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A file that nothing was written to for so long is no upload that still arrives, of this process or another one. */
const leftAfterMs = 60 * 60_000

/** Where uploads are kept while they are read. */
export function uploadFolder(dataDir: string): string {
  return join(dataDir, 'imports')
}

/** Deletes what a process that was killed left of its uploads; one that is still being read is read to its end. */
export async function clearLeftUploads(dataDir: string, nowMs: number): Promise<void> {
  const folder = uploadFolder(dataDir)
  // Nothing was ever uploaded here.
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found && nowMs - found.mtimeMs >= leftAfterMs) await rm(path, { force: true })
  }
}
