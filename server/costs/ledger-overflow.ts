import { requestIdOf } from '#lib/costs/ledger-line'
import type { LedgerJournal } from '#server/costs/ledger-journal'
import type { Waiting, WaitingRoom } from '#server/costs/waiting-room'
import { AppError } from '#server/http/app-error'
import type { Log } from '#server/telemetry/log'

/** Where records go while the database does not take them: to the journal, and failing that to memory. */
export interface LedgerOverflow {
  /** Writes what waits together in one piece, and settles it. */
  take(batch: readonly Waiting[]): void
  /** False from a failed write of the journal until one succeeds or nothing is held any more. */
  writable(): boolean
  /** Records that neither database nor journal has taken. */
  held(): number
  /** Gives the held records to `book`; throws as it does. */
  bookHeld(book: (lines: readonly string[]) => Promise<void>): Promise<void>
  /** Writes the held records to the journal, if that can be written again. */
  journalHeld(): Promise<void>
  /** Resolves when nothing is on its way to the journal. */
  quiet(): Promise<void>
}

/** About 100 MB of records; requests are refused while any are held, so only those under way can add to them. */
const maxHeld = 50_000

export function createLedgerOverflow(options: {
  journal: LedgerJournal
  room: WaitingRoom
  log: Pick<Log, 'error'>
  onUnwritable: () => void
}): LedgerOverflow {
  const { journal, room, log } = options
  let waiting: Waiting[] = []
  let held: string[] = []
  let writable = true
  let writing: Promise<void> | undefined

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.filter((one) => !one.settled)
      waiting = []
      if (batch.length > 0) await writeBatch(batch)
    }
    writing = undefined
  }

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await journal.append(batch.map((one) => one.line))
      for (const one of batch) room.settle(one, 'journaled')
    } catch (error) {
      if (writable) log.error({ err: error }, 'the ledger journal cannot be written')
      writable = false
      for (const one of batch) if (!one.settled) hold(one.line)
      const message = 'Usage can be recorded neither in the database nor on disk; try again later'
      const refusal = new AppError('ledger_unavailable', { message, retryAfterMs: 2000, cause: error })
      for (const one of batch) room.settle(one, refusal)
      options.onUnwritable()
    }
  }

  function hold(line: string): void {
    if (held.length < maxHeld) held.push(line)
    else log.error({ requestId: requestIdOf(line) }, 'a ledger record was lost: no place is left to keep it')
  }

  function release(count: number): void {
    held = held.slice(count)
    if (held.length === 0) writable = true
  }

  return {
    take(batch) {
      waiting.push(...batch)
      // After what is being read from sockets in this turn of the loop: what that hands in goes along.
      writing ??= new Promise((resolve) => setImmediate(resolve)).then(write)
    },
    writable: () => writable,
    held: () => held.length,
    async bookHeld(book) {
      while (held.length > 0) {
        const batch = held.slice(0, 256)
        await book(batch)
        release(batch.length)
      }
    },
    async journalHeld() {
      const batch = held.slice()
      if (batch.length === 0) return
      try {
        await journal.append(batch)
      } catch {
        // Said when the journal first failed; the records stay held.
        return
      }
      writable = true
      release(batch.length)
    },
    quiet: async () => writing,
  }
}
