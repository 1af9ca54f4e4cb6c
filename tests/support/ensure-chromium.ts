import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { findChromium } from '#tests/support/chromium'

/** Installs Chromium with apt where it is missing and may be installed, and says so. */
function ensureChromium(): void {
  const found = findChromium()
  if (found ?? existsSync(chromium.executablePath())) return
  if (process.getuid?.() !== 0 || spawnSync('sh', ['-c', 'command -v apt-get']).status !== 0) {
    console.error(
      'No Chromium found. Install one (apt-get install chromium, or npx playwright install chromium) and run again.',
    )
    process.exit(1)
  }
  console.error('No Chromium found; installing it with apt-get …')
  for (const command of ['apt-get update', 'apt-get install -y --no-install-recommends chromium']) {
    const result = spawnSync('sh', ['-c', command], { stdio: ['ignore', 2, 2] })
    if (result.status !== 0) process.exit(result.status ?? 1)
  }
}

ensureChromium()
