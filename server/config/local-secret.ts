import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A secret of 256 random bits kept in the data directory (mode 0600): read if there, else made. */
export function localSecret(dataDir: string, name: string): string {
  const path = join(dataDir, 'secrets', name)
  mkdirSync(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return readFileSync(path, 'utf8').trim()
}

/** Name of the API key that an embedded instance makes for the machine's own user (`npm run demo`). */
export const localKeyName = 'local-api-key'

/** The secret if the data directory has it. */
export function readLocalSecret(dataDir: string, name: string): string | null {
  const path = join(dataDir, 'secrets', name)
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
}
