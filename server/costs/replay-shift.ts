import type { LedgerJournal } from '#server/costs/ledger-journal'

/** When the database takes over what was journaled first. */
export interface ReplayShift {
  /** Something is being journaled: the database is to have it within a moment. */
  soon(): void
  /** A batch was booked. */
  booked(): void
  /** See `LedgerWriter.caughtUp`. */
  caughtUp(waitMs?: number): Promise<void>
  stop(): void
}

/** Long enough for batches that cost the database little a record, short enough for live views. */
const shiftMs = 40
const longestWaitMs = 2000

export function createReplayShift(options: {
  journal: Pick<LedgerJournal, 'pending' | 'replayed'>
  /** Takes in what the journal holds; calls while one is under way join it. */
  replay: () => void
}): ReplayShift {
  const { journal, replay } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: { target: number; resolve: () => void }[] = []

  function run(): void {
    timer = undefined
    replay()
  }

  function soon(): void {
    timer ??= setTimeout(run, shiftMs)
  }

  return {
    soon,
    booked() {
      // The journal counts a chunk as replayed only after `book` has returned.
      setImmediate(() => {
        release()
        if (journal.pending() > 0) soon()
      })
    },
    caughtUp(waitMs = longestWaitMs) {
      if (journal.pending() === 0) return Promise.resolve()
      const target = journal.replayed() + journal.pending()
      return new Promise((resolve) => {
        const giveUp = setTimeout(resolve, waitMs)
        waiting.push({
          target,
          resolve: () => {
            clearTimeout(giveUp)
            resolve()
          },
        })
        clearTimeout(timer)
        run()
      })
    },
    stop: () => clearTimeout(timer),
  }

  function release(): void {
    const reached = journal.replayed()
    const done = waiting.filter(({ target }) => target <= reached)
    waiting = waiting.filter(({ target }) => target > reached)
    for (const { resolve } of done) resolve()
  }
}
