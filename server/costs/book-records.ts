import type { Client } from 'pg'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import { encodeBatch, ledgerStatement } from '#server/costs/ledger-statement'

/**
 * Books a batch in one round trip. When a record's data are at fault, halves the batch until the faulty ones
 * stand alone, hands those to `onRefused`, and books the rest.
 * @throws when the database cannot book at the moment: nothing is lost, and booking again is safe.
 */
export async function bookRecords(options: {
  client: Client
  records: readonly LedgerRecord[]
  instanceId: string
  onRefused: (record: LedgerRecord, error: Error) => Promise<void>
}): Promise<void> {
  const { client, records, instanceId, onRefused } = options
  try {
    await client.query({
      name: 'book_records',
      text: ledgerStatement,
      values: [encodeBatch(records), instanceId],
    })
  } catch (error) {
    if (!(error instanceof Error) || !isDataError(error)) throw error
    const [only] = records
    if (records.length === 1 && only) return onRefused(only, error)
    const middle = Math.ceil(records.length / 2)
    await bookRecords({ ...options, records: records.slice(0, middle) })
    await bookRecords({ ...options, records: records.slice(middle) })
  }
}

/** Classes 22 (data exception) and 23 (constraint violation) of SQLSTATE; 54 is a limit such as an index key's size. */
function isDataError(error: Error): boolean {
  const code = (error as Error & { code?: unknown }).code
  return typeof code === 'string' && code.length === 5 && /^(22|23|54)/.test(code)
}
