import { Client } from 'pg'
import { configurationChannel } from '#server/config/configuration-version'
import type { DatabaseConnection } from '#server/db/database'
import { safeCause } from '#server/telemetry/safe-cause'

export interface ConfigurationListenerOptions {
  connection: DatabaseConnection
  /** A change was committed somewhere. */
  onChange(): void
  log: { warn(fields: Record<string, unknown>, message: string): void }
}

const reconnectMs = 2_000

/**
 * Hears of configuration changes as they are committed, on a connection of its own; opened again when it is lost. Only an
 * accelerator: whoever hears nothing polls. Returns what ends it.
 */
export function listenForConfiguration(options: ConfigurationListenerOptions): () => Promise<void> {
  const { connection, onChange, log } = options
  let client: Client | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let closed = false
  let failing = false

  async function open(): Promise<void> {
    const opened = new Client({ ...connection, application_name: 'huntaze listener' })
    client = opened
    opened.on('notification', () => onChange())
    opened.on('error', lose)
    opened.on('end', () => lose(null))
    try {
      await opened.connect()
      await opened.query(`LISTEN ${configurationChannel}`)
      failing = false
      // What was committed while nobody listened.
      onChange()
    } catch (cause) {
      lose(cause)
    }
  }

  function lose(cause: unknown): void {
    const lost = client
    client = null
    if (!lost || closed) return
    if (!failing && cause)
      log.warn(
        { cause: safeCause(cause) },
        'configuration changes are polled for: the listener lost its connection',
      )
    failing = true
    lost.end().catch(() => undefined)
    timer = setTimeout(() => void open(), reconnectMs)
    timer.unref()
  }

  void open()
  return async () => {
    closed = true
    if (timer) clearTimeout(timer)
    await client?.end().catch(() => undefined)
  }
}
