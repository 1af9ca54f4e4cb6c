import { createRecorder } from '#bench/load/create-recorder'
import type { Spread } from '#bench/load/load-jobs'
import type { LedgerRecord } from '../../lib/costs/ledger-record.ts'

/** The project's ledger writer as the bench needs it: resolves when the row is committed. */
export type WriteRecord = (record: LedgerRecord) => Promise<void>

/** `commit`: from handing a record over to its commit. */
export interface WriteTiming {
  readonly rows: number
  readonly inFlight: number
  readonly rowsPerSecond: number
  readonly commit: Spread
}

export interface WriteJob {
  readonly write: WriteRecord
  readonly make: (index: number) => LedgerRecord
  readonly from: number
  readonly rows: number
  /** How many records wait for their commit at once: as many requests end together. */
  readonly inFlight: number
}

/** Writes records `from` … `from + rows − 1` in order, `inFlight` at a time; rejects with the first failed write. */
export async function writeRecords({ write, make, from, rows, inFlight }: WriteJob): Promise<WriteTiming> {
  const recorder = createRecorder()
  let next = from
  const startedAt = performance.now()
  const lane = async () => {
    while (next < from + rows) {
      const record = make(next)
      next += 1
      const handedAt = performance.now()
      await write(record)
      recorder.record((performance.now() - handedAt) * 1000)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return {
    rows,
    inFlight,
    rowsPerSecond: (rows * 1000) / (performance.now() - startedAt),
    commit: recorder.read(),
  }
}
