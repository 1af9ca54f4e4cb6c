import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import { createLedgerWriter } from '#server/costs/ledger-writer'
import type { Database } from '#server/db/database'
import { systemClock } from '#server/telemetry/clock'
import { testPseudonyms } from '#tests/support/pseudonyms'

/** A ledger writer of the program's for tests that book many times: on Postgres, opening one takes longer than booking. */
export interface Books {
  /** Resolves when the database has them. */
  book(records: readonly LedgerRecord[]): Promise<void>
  /** @throws when the ledger refused a record. */
  close(): Promise<void>
}

export function openBooks(db: Database, instanceId = 'ins_test'): Books {
  const writer = createLedgerWriter({
    connection: db.connection,
    journalPath: join(tmpdir(), `huntaze-test-${process.pid}-${process.hrtime.bigint()}.journal`),
    instanceId,
    pseudonyms: testPseudonyms,
    clock: systemClock,
    log: { info() {}, error() {} },
    commitTimeoutMs: 60_000,
    answerTimeoutMs: 60_000,
  })
  return {
    async book(records) {
      for (let index = 0; index < records.length; index += 512)
        await Promise.all(records.slice(index, index + 512).map((record) => writer.record(record)))
    },
    async close() {
      await writer.close()
      if (writer.refused() > 0) throw new Error(`the ledger refused ${writer.refused()} records of this test`)
    },
  }
}

/** Books records as the program does, and waits for it. */
export async function bookInto(
  db: Database,
  records: readonly LedgerRecord[],
  instanceId?: string,
): Promise<void> {
  const books = openBooks(db, instanceId)
  await books.book(records)
  await books.close()
}

const ledgerTables = [
  'ledger_entries',
  'attempts',
  'usage_days',
  'usage_months',
  'route_rollups',
  'creator_rollups',
  'traffic_rollups',
  'latency_rollups',
]

/** Empties the ledger, its attempts and every roll-up. Row by row: truncating makes new files for every partition and index. */
export async function emptyLedger(db: Database): Promise<void> {
  await db.pool.query(ledgerTables.map((table) => `DELETE FROM ${table}`).join('; '))
}
