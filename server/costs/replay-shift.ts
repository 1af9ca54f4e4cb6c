import type { LedgerJournal } from '#server/costs/ledger-journal'

/** When the database takes over what was journaled first. */
export interface ReplayShift {
  /** Something is being journaled: the database is to have it within a moment. */
  soon(): void
  /** See `LedgerWriter.caughtUp`. */
  caughtUp(waitMs?: number): Promise<void>
  stop(): void
}

/**
 * Long enough for batches that cost the database little a record, and for the moments in which a request waits for a
 * batch being handed over to be rare; short enough for live views. Whoever reads does not wait for it.
 */
const shiftMs = 250
const longestWaitMs = 2000

export function createReplayShift(options: {
  journal: Pick<LedgerJournal, 'pending' | 'replayed'>
  /** Takes in what the journal holds; a call while one is under way joins it. Resolves at its end, well or not. */
  replay: () => Promise<void>
  /** While the database is away, its recovery replays the journal; no shift does. */
  reachable: () => boolean
}): ReplayShift {
  const { journal } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: { target: number; resolve: () => void }[] = []

  async function run(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    await options.replay()
    release()
    // What came after the joined replay had begun.
    if (journal.pending() > 0 && options.reachable()) soon()
  }

  function soon(): void {
    timer ??= setTimeout(run, waiting.length > 0 ? 0 : shiftMs)
  }

  function release(): void {
    const reached = journal.replayed()
    const done = waiting.filter(({ target }) => target <= reached)
    waiting = waiting.filter(({ target }) => target > reached)
    for (const { resolve } of done) resolve()
  }

  return {
    soon,
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
        void run()
      })
    },
    stop: () => clearTimeout(timer),
  }
}
