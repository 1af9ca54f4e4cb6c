import { encodeLedgerLine, requestIdOf } from '#lib/costs/ledger-line'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import { createBookingQueue } from '#server/costs/booking-queue'
import { createLedgerConnection } from '#server/costs/ledger-connection'
import { createLedgerJournal, type LedgerJournal } from '#server/costs/ledger-journal'
import { createLedgerOverflow } from '#server/costs/ledger-overflow'
import { createLedgerRecovery } from '#server/costs/ledger-recovery'
import { createReplayShift } from '#server/costs/replay-shift'
import { createWaitingRoom } from '#server/costs/waiting-room'
import type { DatabaseConnection } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'

/**
 * Books every ended request exactly once.
 *
 * `database` first (Postgres): a record is safe once committed; while the database does not answer it goes to a
 * journal file that is replayed as soon as it does. Records that arrive while a batch is on its way form the next.
 *
 * `journal` first (embedded): the journal lies on the same disk as the database and is as durable, so a record is
 * safe once it is there, and the database takes the journal in batches a moment later.
 */
export interface LedgerWriter {
  /**
   * Resolves when the record is safe from `kill -9`.
   * @throws AppError `ledger_unavailable` when neither database nor journal took it; it is then kept in memory and
   * booked as soon as one of them does.
   */
  record(record: LedgerRecord): Promise<'committed' | 'journaled'>
  /** False while a new request's record could not be kept; such requests are to be refused. */
  accepting(): boolean
  /** Records whose `record` has not settled. */
  pending(): number
  databaseReachable(): boolean
  /** Records in the journal that the database has not taken yet. */
  journalPending(): number
  /** Records that the database refused for their content, since start; they are in `<journalPath>.rejected`. */
  refused(): number
  /** Books what an earlier run left in the journal; to be awaited before the instance is ready. */
  replayJournal(): Promise<void>
  /** Resolves when nothing is pending. */
  drain(): Promise<void>
  /**
   * Resolves when every record that settled before the call can be read from the database, so that whoever was
   * answered finds it in what they ask for next; after `waitMs` in any case, since a sick database answers nobody.
   */
  caughtUp(waitMs?: number): Promise<void>
  /** Drains, and lets go of database and journal. */
  close(): Promise<void>
}

export interface LedgerWriterOptions {
  connection: DatabaseConnection
  /** Where a record goes first; `database` unless told. */
  first?: 'database' | 'journal'
  /** The journal file. Two more are kept beside it: `.replay` and `.rejected`. */
  journalPath: string
  instanceId: string
  /** Under which persons stand in the audit entries. */
  pseudonyms: Pick<Pseudonyms, 'lookup'>
  clock: Clock
  log: Pick<Log, 'info' | 'error'>
  /** Called after every batch that was booked. */
  onWritten?: () => void
  /** How long a record may wait for the database before it goes to the journal; 50 ms unless told. */
  commitTimeoutMs?: number
  /** After how long without an answer the connection is given up; 10 s unless told. */
  answerTimeoutMs?: number
}

export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const { clock, log } = options
  const journalFirst = options.first === 'journal'
  const journal = createLedgerJournal({
    path: options.journalPath,
    sync: !journalFirst,
    onTornLine: (line) =>
      log.error(
        { bytes: line.length },
        'a line of the ledger journal is not whole; kept in its .rejected file',
      ),
  })
  const { database, refused } = connect(options, journal)
  const book = async (lines: readonly string[]) => {
    await database.book(lines)
    options.onWritten?.()
  }
  const room = createWaitingRoom(clock)
  const overflow = createLedgerOverflow({ journal, room, log, onUnwritable: () => recovery.start() })
  const recovery = createLedgerRecovery({
    database: { ...database, book },
    journal,
    overflow,
    log,
    onLost: spill,
  })
  const queue = createBookingQueue({
    book,
    room,
    clock,
    commitTimeoutMs: options.commitTimeoutMs ?? 50,
    onOverdue: spill,
    onRecovered: () => void recovery.replayLater(),
    onFailed: (error) => recovery.lose(error),
  })
  const shift = createReplayShift({
    journal,
    replay: () => recovery.replayLater(true),
    reachable: recovery.reachable,
  })
  let closed = false

  /** Whoever waits for the database is sent to the journal. */
  function spill(): void {
    overflow.take(queue.takeAll())
  }

  const healthy = () => recovery.reachable() && !queue.stalled()
  const accepting = () => !closed && (overflow.writable() || healthy())
  return {
    record(record) {
      if (!accepting()) return Promise.reject(refusal(closed))
      return room.admit(encodeLedgerLine(record), (waiting) => {
        const direct = healthy() && !(journalFirst && overflow.writable())
        if (direct) return queue.add(waiting)
        overflow.take([waiting])
        if (journalFirst) shift.soon()
      })
    },
    accepting,
    pending: room.unsettled,
    databaseReachable: healthy,
    journalPending: journal.pending,
    refused,
    replayJournal: recovery.replayNow,
    drain: room.empty,
    caughtUp: shift.caughtUp,
    async close() {
      closed = true
      await room.empty()
      shift.stop()
      if (journalFirst && healthy()) await recovery.replayNow().catch(() => undefined)
      queue.stop()
      await overflow.journalHeld()
      if (overflow.held() > 0) log.error({ records: overflow.held() }, 'ledger records were lost at the end')
      await database.close()
      await recovery.stop()
      await overflow.quiet()
      await journal.close()
    },
  }
}

function connect(options: LedgerWriterOptions, journal: LedgerJournal) {
  let refused = 0
  const database = createLedgerConnection({
    connection: options.connection,
    instanceId: options.instanceId,
    pseudonyms: options.pseudonyms,
    answerTimeoutMs: options.answerTimeoutMs ?? 10_000,
    async onRefused(line, error) {
      await journal.reject(line)
      refused += 1
      const sqlState = (error as Error & { code?: string }).code
      options.log.error(
        { requestId: requestIdOf(line), sqlState },
        'the ledger refused a record; kept in .rejected',
      )
    },
  })
  return { database, refused: () => refused }
}

function refusal(closed: boolean): AppError {
  const message = closed
    ? 'This instance is shutting down'
    : 'Usage cannot be recorded at the moment; try again later'
  return new AppError('ledger_unavailable', { message, retryAfterMs: 2000 })
}
