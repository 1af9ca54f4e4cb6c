import type { Client } from 'pg'
import { readLineSubjects } from '#server/audit/line-subjects'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import { ledgerStatement } from '#server/costs/ledger-statement'

/**
 * Books a batch in one round trip. When a record's data are at fault, halves the batch until the faulty ones
 * stand alone, hands those to `onRefused`, and books the rest.
 * @throws when the database cannot book at the moment: nothing is lost, and booking again is safe.
 */
export async function bookRecords(options: {
  client: Client
  /** Records as `encodeLedgerLine` wrote them. */
  lines: readonly string[]
  instanceId: string
  pseudonyms: Pick<Pseudonyms, 'lookup'>
  onRefused: (line: string, error: Error) => Promise<void>
}): Promise<void> {
  const { client, lines, instanceId, pseudonyms, onRefused } = options
  const { names, lookups } = readLineSubjects(lines, pseudonyms)
  try {
    await client.query({
      name: 'book_records',
      text: ledgerStatement,
      values: [`{${lines.join(',')}}`, instanceId, names, lookups],
    })
  } catch (error) {
    if (!(error instanceof Error) || !isDataError(error)) throw error
    const [only] = lines
    if (lines.length === 1 && only) return onRefused(only, error)
    const middle = Math.ceil(lines.length / 2)
    await bookRecords({ ...options, lines: lines.slice(0, middle) })
    await bookRecords({ ...options, lines: lines.slice(middle) })
  }
}

/** Classes 22 (data exception) and 23 (constraint violation) of SQLSTATE; 54 is a limit such as an index key's size. */
function isDataError(error: Error): boolean {
  const code = (error as Error & { code?: unknown }).code
  return typeof code === 'string' && code.length === 5 && /^(22|23|54)/.test(code)
}
