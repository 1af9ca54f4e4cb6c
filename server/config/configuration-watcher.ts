import { readConfigurationVersion } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { safeCause } from '#server/telemetry/safe-cause'

/** Called with the new version; the version counts as reached when every listener has ended well. */
export type ConfigurationListener = (version: number) => void | Promise<void>

export interface ConfigurationWatcher {
  /** The version that this process obeys. */
  version(): number
  /**
   * Reads the version now and, when it changed, runs the listeners; who commits a change awaits this before answering.
   * Rejects with the first failure, and then the same change is tried again by the next check.
   */
  check(): Promise<void>
  /** The same for whoever has nobody to tell: a failure is logged, and polling tries again. */
  look(): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: ConfigurationListener): () => void
  /**
   * Takes the present version as known, then polls (Postgres only: an embedded database has one process). Start it
   * before loading what the listeners reload, so that no change falls between.
   */
  start(): Promise<void>
  close(): Promise<void>
}

export interface ConfigurationWatcherOptions {
  db: Database
  /** Pause between two polls, in milliseconds; 500 by default. */
  intervalMs?: number
  onChange?: ConfigurationListener
  log: { warn(fields: Record<string, unknown>, message: string): void }
}

/** Carries configuration changes to this process: at once from itself, by polling from others. */
export function createConfigurationWatcher(options: ConfigurationWatcherOptions): ConfigurationWatcher {
  const listeners = new Set<ConfigurationListener>(options.onChange ? [options.onChange] : [])
  let known = 0
  let queue: Promise<unknown> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | null = null
  let closed = false
  let failing = false

  const run = async () => {
    const version = await readConfigurationVersion(options.db)
    if (version === known) return
    await Promise.all([...listeners].map((listener) => listener(version)))
    known = version
  }
  const enqueue = (work: () => Promise<void>): Promise<void> => {
    const done = queue.then(work)
    queue = done.catch(() => undefined)
    return done
  }
  const look = async () => {
    try {
      await enqueue(run)
      failing = false
    } catch (cause) {
      if (!failing)
        options.log.warn({ cause: safeCause(cause) }, 'Configuration changes cannot be read; trying again')
      failing = true
    }
  }
  const poll = async () => {
    await look()
    schedule()
  }
  const schedule = () => {
    if (closed) return
    timer = setTimeout(poll, options.intervalMs ?? 500)
    timer.unref()
  }

  return {
    version: () => known,
    check: () => enqueue(run),
    look: () => void look(),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async start() {
      await enqueue(async () => {
        known = await readConfigurationVersion(options.db)
      })
      if (options.db.kind === 'postgres') schedule()
    },
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await queue
    },
  }
}
