import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')
const manifest: Record<string, Record<string, string>> = JSON.parse(read('package.json'))
const lockText = read('package-lock.json')
const lock: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } =
  JSON.parse(lockText)

describe('packages', () => {
  it('are pinned exactly', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('of other platforms stand in the lock file too, or a clean install of it is refused', () => {
    const missing = Object.entries(lock.packages).flatMap(([place, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter(
          (name) =>
            !(`node_modules/${name}` in lock.packages || `${place}/node_modules/${name}` in lock.packages),
        )
        .map((name) => `${place} → ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('are named without a host to fetch them from', () => {
    expect(lockText).not.toMatch(/"resolved"/)
  })
})
