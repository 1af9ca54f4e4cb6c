import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readEnv } from '#server/config/env'
import { StartUpError } from '#server/config/start-up-error'
import type { Database } from '#server/db/database'
import { openDatabase } from '#server/db/open-database'

/** Runs a command; what goes wrong is one sentence on stderr and exit code 1. */
export async function runCli(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}

/** The database of the environment, opened and not migrated, with what a command needs beside it. */
export async function openForCli(): Promise<{ db: Database; dataDir: string; version: string }> {
  const result = readEnv()
  if (!result.ok) throw new StartUpError(result.problems)
  const dataDir = result.env.HUNTAZE_DATA_DIR
  const db = await openDatabase({ databaseUrl: result.env.DATABASE_URL ?? null, dataDir })
  return { db, dataDir, version: programVersion() }
}

function programVersion(): string {
  const manifest = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  ) as {
    version?: string
  }
  return manifest.version ?? '0.0.0'
}
