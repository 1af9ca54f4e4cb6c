import type { LedgerRecord } from '#lib/costs/ledger-record'
import type { TraceContext } from '#server/http/request-id'

/** A request as it ended. */
export interface EndedRequest {
  record: LedgerRecord
  trace: TraceContext
}

/** Where ended requests wait until their answers are on their way. */
export interface EndedRequests {
  add(ended: EndedRequest): void
  /** Hands over everything that waits, now. */
  drain(): void
}

/** So few at a time that no running stream notices. */
const atOnce = 32

/** `take` sees every request once, in the order in which they ended, after the turn of the event loop in which it ended. */
export function createEndedRequests(take: (ended: EndedRequest) => void): EndedRequests {
  let waiting: EndedRequest[] = []
  let isScheduled = false

  function handOver(count: number): void {
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    for (const ended of batch) take(ended)
  }

  function turn(): void {
    isScheduled = false
    handOver(atOnce)
    if (waiting.length > 0) schedule()
  }

  function schedule(): void {
    isScheduled = true
    setImmediate(turn)
  }

  return {
    add(ended) {
      waiting.push(ended)
      if (!isScheduled) schedule()
    },
    drain: () => handOver(waiting.length),
  }
}
