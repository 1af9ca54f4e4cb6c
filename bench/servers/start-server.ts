import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import type { Contender } from '#bench/servers/contenders'
import { endChild, trackChild } from '#bench/servers/track-child'

/** A server that answers. `startUpMs`: from spawn to its first ready answer. */
export interface RunningServer {
  readonly contender: Contender
  readonly pid: number
  readonly origin: string
  readonly startUpMs: number
  readonly stop: () => Promise<void>
  /** How it ended; null while it runs. */
  readonly ending: () => number | string | null
  /** Ends it without a chance to say goodbye (SIGKILL). */
  readonly kill: () => Promise<void>
}

export interface StartOptions {
  readonly contender: Contender
  readonly upstreamOrigin: string
  /** Created if missing; the server's data lives here. */
  readonly directory: string
  readonly limitMs: number
  /** Gets all that the server prints, as it comes. */
  readonly onOutput?: (text: string) => void
}

const TAIL_CHARS = 8_000

async function pickFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  probe.close()
  await once(probe, 'close')
  return address.port
}

/** Only what a process needs: no proxy setting, key or Node option of the caller reaches what is measured. */
function cleanEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'].map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(
    kept.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  )
}

async function answersReady(origin: string, contender: Contender): Promise<boolean> {
  try {
    const answer = await request(origin + contender.readyPath, { headersTimeout: 5_000, bodyTimeout: 5_000 })
    await answer.body.dump()
    return contender.readyStatus === 'any' || answer.statusCode === contender.readyStatus
  } catch {
    return false // Not listening yet: the caller asks again until its limit.
  }
}

function keepTail(child: ChildProcess, onOutput?: (text: string) => void): () => string {
  let tail = ''
  const append = (part: Buffer) => {
    const text = part.toString('utf8')
    tail = (tail + text).slice(-TAIL_CHARS)
    onOutput?.(text)
  }
  child.stdout?.on('data', append)
  child.stderr?.on('data', append)
  return () => tail
}

/** Starts a contender on a free loopback port and waits until it is ready; throws with its last output if not. */
export async function startServer({
  contender,
  upstreamOrigin,
  directory,
  limitMs,
  onOutput,
}: StartOptions): Promise<RunningServer> {
  mkdirSync(directory, { recursive: true })
  const port = await pickFreePort()
  const placement = { port, upstreamOrigin, directory }
  const env = {
    ...cleanEnvironment(),
    NODE_ENV: 'production',
    ...contender.env(placement),
    PORT: String(port),
  }
  const startedAt = performance.now()
  const child = trackChild(
    spawn(process.execPath, [...contender.args(placement)], {
      cwd: contender.cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  const readTail = keepTail(child, onOutput)
  const origin = `http://127.0.0.1:${port}`
  const ending = () => child.exitCode ?? child.signalCode
  const ended = () => ending() !== null || child.pid === undefined
  while (!(await answersReady(origin, contender))) {
    if (ended()) throw new Error(`${contender.label} ended at start (${ending()}):\n${readTail()}`)
    if (performance.now() - startedAt > limitMs) {
      await endChild(child)
      throw new Error(`${contender.label} was not ready after ${limitMs} ms:\n${readTail()}`)
    }
    await delay(10)
  }
  const startUpMs = performance.now() - startedAt
  if (child.pid === undefined) throw new Error(`${contender.label} has no process`)
  const kill = async () => {
    if (ended()) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return { contender, pid: child.pid, origin, startUpMs, stop: () => endChild(child), ending, kill }
}
