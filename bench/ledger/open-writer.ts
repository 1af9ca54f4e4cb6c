import { join } from 'node:path'
import type { WriteRecord } from '#bench/ledger/write-records'
import { createPseudonyms } from '../../server/audit/pseudonyms.ts'
import { createLedgerWriter } from '../../server/costs/ledger-writer.ts'
import { openDatabase } from '../../server/db/open-database.ts'
import { systemClock } from '../../server/telemetry/clock.ts'

/** The project's ledger writer on a data directory that the gateway has set up and left. */
export interface OpenWriter {
  /** The account of the rows that are there already. */
  readonly accountId: string
  /** Rejects when the record was not committed to the database (the journal does not count). */
  readonly write: WriteRecord
  /** Drains the writer; rejects when it refused a record. */
  readonly close: () => Promise<void>
}

/** The program checkpoints after about this much log; without it the log of a million rows would be recovered at start. */
const ROWS_PER_CHECKPOINT = 20_000

const log = {
  info: () => {},
  warn: (...words: readonly unknown[]) => console.error('ledger writer:', ...words),
  error: (...words: readonly unknown[]) => console.error('ledger writer:', ...words),
}

/** Opens the embedded database and the writer in this process. */
export async function openWriter(dataDir: string): Promise<OpenWriter> {
  const database = await openDatabase({ databaseUrl: null, dataDir, onError: (error) => log.error(error) })
  const found = await database.pool.query<{ account_id: string }>(
    'SELECT account_id FROM ledger_entries LIMIT 1',
  )
  const accountId = found.rows[0]?.account_id
  if (accountId === undefined) throw new Error('the gateway left no ledger entry')
  const writer = await createLedgerWriter({
    connection: database.connection,
    journalPath: join(dataDir, 'bench.journal'),
    instanceId: 'bench',
    pseudonyms: createPseudonyms(['a key for the pseudonyms of the bench']),
    clock: systemClock,
    log,
    commitTimeoutMs: 60_000,
    answerTimeoutMs: 60_000,
  })
  let rows = 0
  let checkpoint = Promise.resolve()
  const write: WriteRecord = async (record) => {
    if ((await writer.record(record)) !== 'committed')
      throw new Error(`${record.id} was journaled, not committed`)
    rows += 1
    if (rows % ROWS_PER_CHECKPOINT === 0) checkpoint = database.pool.query('CHECKPOINT').then(() => {})
  }
  const close = async () => {
    await writer.close()
    await checkpoint
    await database.close()
    if (writer.refused() > 0) throw new Error(`the database refused ${writer.refused()} records`)
  }
  return { accountId, write, close }
}
