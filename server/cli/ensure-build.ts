import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const buildMark = '.next/BUILD_ID'
const sources = [
  'app',
  'components',
  'lib',
  'server',
  'drizzle/schema',
  'public',
  'next.config.js',
  'package-lock.json',
]

/** Builds the console when there is no build or a source is newer than it; answers whether it built. */
export async function ensureBuild(root: string): Promise<boolean> {
  const mark = join(root, buildMark)
  const builtMs = existsSync(mark) ? statSync(mark).mtimeMs : 0
  if (builtMs > 0 && !sources.some((source) => isNewer(join(root, source), builtMs))) return false
  const first = 'Building the console (first start, about a minute) …'
  console.error(builtMs === 0 ? first : 'Sources changed; building the console again …')
  await runBuild(root)
  return true
}

function isNewer(path: string, thanMs: number): boolean {
  if (!existsSync(path)) return false
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs > thanMs
  return readdirSync(path).some((name) => isNewer(join(path, name), thanMs))
}

function runBuild(root: string): Promise<void> {
  const next = join(root, 'node_modules/next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'build'], { cwd: root, stdio: ['ignore', 2, 2] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`The console could not be built (exit code ${code}); see above.`)),
    )
  })
}
