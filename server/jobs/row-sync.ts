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
  /** Reads what others stored within the last milliseconds and takes it over. */
  follow(withinMs: number): Promise<void>
  /** Other instances write too. */
  shared: boolean
  log: Pick<Log, 'warn' | 'error'>
}

const retryMs = 1_000
const pollMs = 400
/** Looked back over more than a poll, since transactions end late. */
const overlapMs = 10_000
/** Changes kept for a database that is away; the oldest go first. */
const mostPending = 10_000

export function createRowSync<Change>(options: RowSyncOptions<Change>): RowSync<Change> {
  const { log, what } = options
  const pending: Change[] = []
  let writing: Promise<void> | null = null
  let retry: ReturnType<typeof setTimeout> | null = null
  let poll: ReturnType<typeof setTimeout> | null = null
  let polling: Promise<void> = Promise.resolve()
  let followedMs = performance.now()
  let closed = false
  const writes = tellOnce(log, `${what} cannot be written to the database; they are kept and tried again`)
  const reads = tellOnce(log, `${what} of other instances cannot be read; trying again`)

  async function write(): Promise<void> {
    for (let next = pending[0]; next !== undefined; next = pending[0]) {
      await saveOrDrop(next)
      if (pending[0] === next) pending.shift()
    }
    writes.worked()
  }

  /** What the database refuses for good must not stand in front of all that comes after it. */
  async function saveOrDrop(change: Change): Promise<void> {
    try {
      await options.save(change)
    } catch (error) {
      if (!isRefusedForGood(error)) throw error
      log.error({ err: error, change }, `the database refuses one of the ${what}; it is dropped`)
    }
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
      writes.failed(error)
      if (closed || retry) return
      retry = setTimeout(flushInBackground, retryMs)
      retry.unref()
    })
  }

  /** After an outage it looks back over all of it. */
  async function follow(): Promise<void> {
    const startedMs = performance.now()
    try {
      await options.follow(Math.ceil(startedMs - followedMs) + overlapMs)
      followedMs = startedMs
      reads.worked()
    } catch (error) {
      reads.failed(error)
    }
  }

  function schedule(): void {
    poll = setTimeout(() => {
      polling = follow().then(() => {
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
      await flush().catch((error: unknown) => {
        log.warn({ err: error, lost: pending.length }, `the last ${what} could not be written`)
      })
    },
  }
}

/** Says the first failure of a row of failures. */
function tellOnce(log: Pick<Log, 'warn'>, message: string) {
  let failing = false
  return {
    failed(error: unknown): void {
      if (!failing) log.warn({ err: error }, message)
      failing = true
    },
    worked(): void {
      failing = false
    },
  }
}

/** SQLSTATE classes 22 (data) and 23 (constraints), https://www.postgresql.org/docs/current/errcodes-appendix.html. */
function isRefusedForGood(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  return typeof code === 'string' && /^2[23]/.test(code)
}
