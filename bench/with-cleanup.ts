import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChildren, killChildrenNow } from '#bench/servers/track-child'

/**
 * Runs `work` with a temporary directory. When it ends, fails or is interrupted (SIGINT, SIGTERM, SIGHUP), every
 * process the bench started is ended by its pid and the directory is removed. Resolves to the exit code.
 */
export async function withCleanup(work: (directory: string) => Promise<number>): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'huntaze-bench-'))
  const interrupted = Promise.withResolvers<number>()
  const onSignal = () => interrupted.resolve(130)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  process.on('exit', killChildrenNow)
  try {
    return await Promise.race([work(directory), interrupted.promise])
  } finally {
    await endChildren()
    rmSync(directory, { recursive: true, force: true })
  }
}
