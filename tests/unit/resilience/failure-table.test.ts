import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')

describe('docs/resilience.md', () => {
  it('shows the failure table that the program decides with', () => {
    const table = execFileSync(process.execPath, ['server/cli/describe-failures.ts'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(readFileSync(join(root, 'docs/resilience.md'), 'utf8')).toContain(table.trim())
  })
})
