/** A read of a record of a store that moves, to be compared with the other store later. */
export interface SeenRead {
  stream: string
  accountId: string
  recordId: string
  /** Decides whether it is compared, e.g. the request's id. */
  readId: string
}

/** Reads that wait to be compared, beside whoever read: nobody's read waits for it. */
export interface ShadowQueue {
  /** Notes a read; dropped when too many wait. */
  saw(read: SeenRead): void
  /** Takes what waits. */
  drain(): readonly SeenRead[]
}

const mostWaiting = 1_000

export function createShadowQueue(): ShadowQueue {
  let waiting: SeenRead[] = []
  return {
    saw(read) {
      if (waiting.length < mostWaiting) waiting.push(read)
    },
    drain() {
      const taken = waiting
      waiting = []
      return taken
    },
  }
}
