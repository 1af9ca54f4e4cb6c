import type { Clock } from '#server/telemetry/clock'
import { safeCause } from '#server/telemetry/safe-cause'

/** How soon the first use after a pause is written, and the least time between two writes. */
const firstWriteMs = 1000
const betweenWritesMs = 60_000

export interface KeyUsage {
  /** Notes a use in memory; the write follows in the background. */
  used(keyId: string, atMs: number): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
  /** Writes the rest and stops. */
  close(): Promise<void>
}

export interface KeyUsageOptions {
  write(uses: ReadonlyMap<string, number>): Promise<void>
  clock: Clock
  log: { warn(fields: Record<string, unknown>, message: string): void }
}

/** Gathers when keys were last used and writes it at most once a minute; idle keys arm no timer. */
export function createKeyUsage(options: KeyUsageOptions): KeyUsage {
  let waiting = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let writtenAtMs = Number.NEGATIVE_INFINITY
  let closed = false

  const arm = () => {
    if (timer || closed) return
    const pauseMs = Math.max(firstWriteMs, writtenAtMs + betweenWritesMs - options.clock.monotonicMs())
    timer = setTimeout(flush, pauseMs)
    timer.unref()
  }
  const flush = async () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (waiting.size === 0) return
    const uses = waiting
    waiting = new Map()
    writtenAtMs = options.clock.monotonicMs()
    try {
      await options.write(uses)
    } catch (cause) {
      options.log.warn(
        { cause: safeCause(cause) },
        'The last use of API keys could not be written; trying again',
      )
      waiting = new Map([...uses, ...waiting])
      arm()
    }
  }
  return {
    used(keyId, atMs) {
      waiting.set(keyId, atMs)
      if (!timer) arm()
    },
    flush,
    async close() {
      closed = true
      await flush()
    },
  }
}
