import type { ConsoleEventName } from '#lib/contracts/status'

export interface ConsoleEvent {
  name: ConsoleEventName
  /** Milliseconds since 1970. */
  atMs: number
}

/** The process's bus for the console's live views. */
export interface ConsoleEvents {
  publish(name: ConsoleEventName): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: ConsoleEvent) => void): () => void
}

/** `activity` goes out at most once in `activityIntervalMs`: the first at once, the rest together at its end. */
export function createConsoleEvents(options: {
  nowMs: () => number
  activityIntervalMs?: number
}): ConsoleEvents {
  const interval = options.activityIntervalMs ?? 1000
  const listeners = new Set<(event: ConsoleEvent) => void>()
  let waiting: ReturnType<typeof setTimeout> | null = null
  let lastActivityMs = Number.NEGATIVE_INFINITY

  const send = (name: ConsoleEventName) => {
    const event = { name, atMs: options.nowMs() }
    for (const listener of listeners) listener(event)
  }
  const sendActivity = () => {
    waiting = null
    lastActivityMs = options.nowMs()
    send('activity')
  }
  return {
    publish(name) {
      if (name !== 'activity') return send(name)
      if (waiting || listeners.size === 0) return
      const waitMs = lastActivityMs + interval - options.nowMs()
      if (waitMs <= 0) return sendActivity()
      waiting = setTimeout(sendActivity, waitMs)
      waiting.unref()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
