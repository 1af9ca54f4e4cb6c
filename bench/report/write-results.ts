import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Writes `bench/results/<name>-<date and time>.json`; returns its path. */
export function writeResults(name: string, results: object): string {
  const directory = fileURLToPath(new URL('../results', import.meta.url))
  mkdirSync(directory, { recursive: true })
  const path = join(directory, `${name}-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`)
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`)
  return path
}
