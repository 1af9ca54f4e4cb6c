import { execFileSync } from 'node:child_process'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Path of an installed Chromium; null when there is none (then Playwright's own is tried). */
export function findChromium(): string | null {
  for (const name of names) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    } catch {
      // Not under this name; the next may be there.
    }
  }
  return null
}
