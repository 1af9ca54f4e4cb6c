import type { Waiting, WaitingRoom } from '#server/costs/waiting-room'
import type { Clock } from '#server/telemetry/clock'

/** Records on their way to the database. One batch at a time; what arrives meanwhile is the next batch. */
export interface BookingQueue {
  add(waiting: Waiting): void
  /** True while a batch is overdue: the database may well answer, but nobody should wait for it. */
  stalled(): boolean
  /** Takes out everything that has not settled, the batch under way included (it goes on, and may still commit). */
  takeAll(): Waiting[]
  stop(): void
}

const maxBatch = 256
/**
 * Once batches hold several records, the next waits this long to fill up, as Postgres' `commit_delay` does with
 * `commit_siblings`: a commit costs the same for one record as for twenty. A lone caller never waits.
 */
const gatherMs = 2
const gatherRecords = 48

export function createBookingQueue(options: {
  book: (lines: readonly string[]) => Promise<void>
  room: WaitingRoom
  clock: Clock
  commitTimeoutMs: number
  /** Records waited longer than `commitTimeoutMs`. */
  onOverdue: () => void
  /** An overdue batch got its answer after all. */
  onRecovered: () => void
  onFailed: (error: unknown) => void
}): BookingQueue {
  const { room, clock, commitTimeoutMs } = options
  let queue: Waiting[] = []
  let flight: Waiting[] = []
  let running = false
  let siblings = false
  let stalled = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function run(): Promise<void> {
    if (running) return
    running = true
    while (queue.length > 0) {
      if (siblings && queue.length < gatherRecords)
        await new Promise((resolve) => setTimeout(resolve, gatherMs))
      flight = queue.splice(0, maxBatch)
      siblings = flight.length > 1
      await bookFlight()
    }
    running = false
  }

  async function bookFlight(): Promise<void> {
    let failed = false
    try {
      await options.book(flight.map((waiting) => waiting.line))
      for (const waiting of flight) room.settle(waiting, 'committed')
    } catch (error) {
      failed = true
      options.onFailed(error)
    }
    flight = []
    const recovered = stalled && !failed
    stalled = false
    if (recovered) options.onRecovered()
  }

  /** One timer for all: it looks at the oldest record and, if that is not due yet, comes back when it is. */
  function watch(): void {
    if (timer) return
    const oldest = flight[0] ?? queue[0]
    if (!oldest) return
    const dueInMs = oldest.handedInMs + commitTimeoutMs - clock.monotonicMs()
    timer = setTimeout(check, Math.max(1, dueInMs))
  }

  function check(): void {
    timer = undefined
    const oldest = flight[0] ?? queue[0]
    if (!oldest || stalled) return
    const isDue = clock.monotonicMs() - oldest.handedInMs >= commitTimeoutMs
    if (!isDue) {
      watch()
      return
    }
    stalled = true
    options.onOverdue()
  }

  return {
    add(waiting) {
      queue.push(waiting)
      watch()
      void run()
    },
    stalled: () => stalled,
    takeAll() {
      const unsettled = [...flight, ...queue].filter((waiting) => !waiting.settled)
      queue = []
      return unsettled
    },
    stop: () => clearTimeout(timer),
  }
}
