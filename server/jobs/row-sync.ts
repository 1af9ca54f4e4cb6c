import type { Log } from '#server/telemetry/log'

/** Keeps what a process decided and the rows that all instances share in step; nobody's answer waits for it. */
export interface RowSync<Change> {
  /** To be written soon; kept and tried again while the database is away. */
  push(change: Change): void
  /** Resolves when everything pushed so far is written. @throws when the database does not take it. */
  flushed(): Promise<void>
  start(): void
  close(): Promise<void>
}

export interface RowSyncOptions<Change> {
  /** For the log, e.g. `breaker transitions`. */
  what: string
  save(change: Change): Promise<void>
  /** Reads what others changed at or after the time (milliseconds since 1970) and takes it over. */
  follow(sinceMs: number): Promise<void>
  /** Other instances write too. */
  shared: boolean
  nowMs: () => number
  log: Pick<Log, 'warn'>
}

const retryMs = 1_000
const pollMs = 400
/** Looked back over more than a poll, since clocks differ and transactions end late. */
const overlapMs = 10_000
/** Changes kept for a database that is away; the oldest go first. */
const mostPending = 10_000

export function createRowSync<Change>(options: RowSyncOptions<Change>): RowSync<Change> {
  const { nowMs, log, what } = options
  const pending: Change[] = []
  let writing: Promise<void> | null = null
  let retry: ReturnType<typeof setTimeout> | null = null
  let poll: ReturnType<typeof setTimeout> | null = null
  let polling: Promise<void> = Promise.resolve()
  let closed = false
  let failing = false

  const fail = (error: unknown) => {
    if (!failing) log.warn({ err: error }, `${what} cannot be shared through the database; trying again`)
    failing = true
  }

  async function write(): Promise<void> {
    for (let next = pending[0]; next !== undefined; next = pending[0]) {
      await options.save(next)
      pending.shift()
    }
    failing = false
  }

  function flush(): Promise<void> {
    if (retry) clearTimeout(retry)
    retry = null
    writing ??= write().finally(() => {
      writing = null
    })
    return writing
  }

  function flushInBackground(): void {
    flush().catch((error: unknown) => {
      fail(error)
      if (closed || retry) return
      retry = setTimeout(flushInBackground, retryMs)
      retry.unref()
    })
  }

  function schedule(): void {
    poll = setTimeout(() => {
      polling = options
        .follow(nowMs() - overlapMs)
        .catch(fail)
        .then(() => {
          if (!closed) schedule()
        })
    }, pollMs)
    poll.unref()
  }

  return {
    push(change) {
      pending.push(change)
      if (pending.length > mostPending) pending.splice(1, 1)
      if (!retry) flushInBackground()
    },
    async flushed() {
      while (pending.length > 0) await flush()
    },
    start() {
      if (options.shared) schedule()
    },
    async close() {
      closed = true
      if (poll) clearTimeout(poll)
      if (retry) clearTimeout(retry)
      await polling
      await flush().catch(() => undefined)
    },
  }
}
