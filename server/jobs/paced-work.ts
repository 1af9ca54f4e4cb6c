import type { Log } from '#server/telemetry/log'
import { safeCause } from '#server/telemetry/safe-cause'

/** Work that comes and goes: done at once when somebody wakes it, again and again while there is some, and then at rest. */
export interface PacedWork {
  wake(): void
  /** Does what is due at the call, and behind work that is under way: that may have looked before it was due. */
  run(): Promise<void>
  start(): void
  /** Lets what is under way end. */
  close(): Promise<void>
}

export interface PacedWorkOptions {
  /** For the log: "work on … failed". */
  what: string
  /** Answers how long until the next look; null = nothing is left to do. */
  work: (signal: AbortSignal) => Promise<number | null>
  /** Between looks for work that other instances give; null in a process that is alone. */
  restMs: number | null
  log: Pick<Log, 'error'>
}

const retryMs = 5_000
const firstMs = 1_000

export function createPacedWork({ what, work, restMs, log }: PacedWorkOptions): PacedWork {
  const stopping = new AbortController()
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<number | null> | null = null
  let woken = false

  function once(): Promise<number | null> {
    woken = false
    running ??= work(stopping.signal).finally(() => {
      running = null
    })
    return running
  }

  async function runAndSchedule(): Promise<void> {
    timer = null
    let pauseMs: number | null = retryMs
    try {
      pauseMs = (await once()) ?? restMs
    } catch (error) {
      if (!stopping.signal.aborted)
        log.error({ cause: safeCause(error) }, `work on ${what} failed; it is tried again`)
    }
    if (woken) schedule(0)
    else if (pauseMs !== null) schedule(pauseMs)
  }

  function schedule(afterMs: number): void {
    if (stopping.signal.aborted) return
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void runAndSchedule(), afterMs)
    timer.unref()
  }

  return {
    async run() {
      if (running) await running.catch(() => undefined)
      await once()
    },
    wake() {
      woken = true
      if (!running) schedule(0)
    },
    start: () => schedule(firstMs),
    async close() {
      stopping.abort()
      if (timer) clearTimeout(timer)
      await running?.catch(() => undefined)
    },
  }
}
