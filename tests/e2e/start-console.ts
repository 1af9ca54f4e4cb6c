import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProgram, runProgram } from '#tests/support/running-program'

/** Building the pages may come before the start. */
export const startTimeoutMs = 300_000

export interface StartedConsole {
  program: RunningProgram
  /** Stops the program and removes its data. @throws Error with its words when it does not end with 0. */
  stop(): Promise<void>
}

/** The whole program, console included, on a data directory of its own. */
export async function startConsole(env: Record<string, string> = {}): Promise<StartedConsole> {
  const dataDir = await mkdtemp(join(tmpdir(), 'huntaze-e2e-'))
  const program = await runProgram(
    { HUNTAZE_DATA_DIR: dataDir, HUNTAZE_SHUTDOWN_MS: '2000', HUNTAZE_LEGACY_PROBE_MINUTES: '0', ...env },
    [],
  )
  return {
    program,
    async stop() {
      const code = await program.stop('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
      if (code !== 0) throw new Error(`the program ended with ${code}:\n${program.said()}`)
    },
  }
}
