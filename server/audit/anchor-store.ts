import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Small texts outside the database, by name. */
export interface AnchorStore {
  /** Null when there is none. */
  read(name: string): Promise<string | null>
  /** Puts the text in place of what was there, whole or not at all. */
  write(name: string, text: string): Promise<void>
}

/** Files in a directory, which is made when it is first needed. */
export function createFileAnchorStore(directory: string): AnchorStore {
  return {
    async read(name) {
      try {
        return await readFile(join(directory, name), 'utf8')
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
        throw error
      }
    },
    async write(name, text) {
      const path = join(directory, name)
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await writeFile(`${path}.new`, text, { mode: 0o600 })
      await rename(`${path}.new`, path)
    },
  }
}
