import { type ConsoleEventName, consoleEventNames } from '#lib/contracts/status'

export interface EventConnection {
  onEvent(name: ConsoleEventName): void
  /** The stream broke; the next try is made after `retryInMs`. */
  onLost(retryInMs: number): void
}

/** Heartbeats come every 5 s; after this much silence the stream is taken for dead. */
const silenceMs = 16_000
const firstRetryMs = 1_000
const longestRetryMs = 30_000

/** Holds the console's event stream open, reconnecting with growing, jittered pauses. Returns what ends it. */
export function connectEvents(url: string, connection: EventConnection): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  const listenForSilence = () => {
    clearTimeout(timer)
    timer = setTimeout(lose, silenceMs)
  }
  const hear = (name: ConsoleEventName) => {
    failures = 0
    listenForSilence()
    connection.onEvent(name)
  }
  const open = () => {
    source = new EventSource(url)
    source.onerror = lose
    for (const name of consoleEventNames) source.addEventListener(name, () => hear(name))
    listenForSilence()
  }
  const lose = () => {
    source?.close()
    clearTimeout(timer)
    const retryInMs = Math.min(longestRetryMs, firstRetryMs * 2 ** failures) * (0.7 + Math.random() * 0.3)
    failures += 1
    timer = setTimeout(open, retryInMs)
    connection.onLost(retryInMs)
  }
  open()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}
