import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The program in a process of its own. */
export interface RunningProgram {
  url: string
  child: ChildProcess
  /** What it said on stderr so far. */
  said(): string
  /** Sends a signal and resolves with the exit code (null when the signal killed it). */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

/** A free loopback port. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts `node server/main.ts` and resolves when it is ready. @throws Error with its words when it ends before. */
export async function runProgram(
  env: Record<string, string>,
  args: readonly string[] = ['--headless'],
): Promise<RunningProgram> {
  const port = env.PORT ?? String(await freePort())
  const child = spawn(process.execPath, ['server/main.ts', ...args], {
    cwd: root,
    env: {
      NODE_ENV: 'production',
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LOG_LEVEL: 'error',
      ...env,
      PORT: port,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const url = `http://127.0.0.1:${port}`
  const exited = once(child, 'exit')
  const program: RunningProgram = {
    url,
    child,
    said: () => said,
    async stop(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
      return child.exitCode
    },
  }
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the program ended with ${child.exitCode}:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return program
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/api/health/ready`).then(
    (response) => response.ok,
    () => false,
  )
}
