import type { LedgerConnection } from '#server/costs/ledger-connection'
import type { LedgerJournal } from '#server/costs/ledger-journal'
import type { LedgerOverflow } from '#server/costs/ledger-overflow'
import type { Log } from '#server/telemetry/log'

/** Knows whether the database can be reached, tries until it can, and then brings the journal in. */
export interface LedgerRecovery {
  reachable(): boolean
  /** The database failed to answer or to book. */
  lose(error: unknown): void
  /** Begins to try, when something is held or the database is lost. */
  start(): void
  /**
   * Replays the journal, if there is anything in it; with `once`, what it holds now. Joins a replay that is under
   * way, which may have begun before the last record came; resolves when it has ended, well or not.
   */
  replayLater(once?: boolean): Promise<void>
  /** The same, awaited. @throws when the database cannot be reached. */
  replayNow(): Promise<void>
  stop(): Promise<void>
}

const retryMs = { first: 100, most: 2000 }

export function createLedgerRecovery(options: {
  database: LedgerConnection
  journal: LedgerJournal
  overflow: LedgerOverflow
  log: Pick<Log, 'info' | 'error'>
  onLost: () => void
}): LedgerRecovery {
  const { database, journal, overflow, log } = options
  let reachable = true
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let retrying: Promise<void> | undefined
  let replaying: Promise<void> | undefined
  let waitMs = retryMs.first

  function lose(error: unknown): void {
    if (reachable)
      log.error({ err: error }, 'the ledger cannot reach the database; records go to the journal')
    reachable = false
    options.onLost()
    start()
  }

  function start(): void {
    if (timer || retrying || stopped) return
    timer = setTimeout(() => {
      timer = undefined
      retrying = retry().finally(() => {
        retrying = undefined
        if (!reachable || overflow.held() > 0 || (journal.pending() > 0 && !replaying)) start()
        else waitMs = retryMs.first
      })
    }, waitMs)
    timer.unref()
    waitMs = Math.min(waitMs * 2, retryMs.most)
  }

  async function retry(): Promise<void> {
    try {
      await database.ping()
      await overflow.bookHeld(database.book)
    } catch {
      // Said when the database was lost; what it does not take, the journal may take by now.
      return overflow.journalHeld()
    }
    if (!reachable) log.info({ journalPending: journal.pending() }, 'the ledger reaches the database again')
    reachable = true
    void replayLater()
  }

  function replay(once?: boolean): Promise<void> {
    replaying ??= journal.replay(bookOrLose, once).finally(() => {
      replaying = undefined
    })
    return replaying
  }

  async function bookOrLose(lines: readonly string[]): Promise<void> {
    try {
      await database.book(lines)
    } catch (error) {
      lose(error)
      throw error
    }
  }

  async function replayLater(once?: boolean): Promise<void> {
    if (stopped) return
    await replay(once).catch((error: unknown) => {
      if (reachable && !stopped) log.error({ err: error }, 'the ledger journal cannot be replayed')
      start()
    })
  }

  return {
    reachable: () => reachable,
    lose,
    start,
    replayLater,
    async replayNow() {
      await database.ping().catch((error: unknown) => {
        lose(error)
        throw error
      })
      // One that is under way may have begun before the last record came; it says itself how it ended.
      await replaying?.catch(() => undefined)
      await replay()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      // Both end by themselves now that the connection is closed; what they leave is in the journal.
      await Promise.allSettled([retrying, replaying])
    },
  }
}
