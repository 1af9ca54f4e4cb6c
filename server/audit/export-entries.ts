import type { AuditEntryView, AuditPage, AuditQuery } from '#lib/contracts/audit'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { csvLine } from '#lib/telemetry/csv-line'

/** What `GET /api/admin/audit` takes, without what turns its pages. */
export type EntryFilter = Omit<AuditQuery, 'cursor' | 'limit'>

type Cell = string | number | boolean | null

const columns: readonly [string, (entry: AuditEntryView) => Cell][] = [
  ['position', ({ position }) => position],
  ['at', ({ at }) => at],
  ['action', ({ action }) => action],
  ['outcome', ({ outcome }) => outcome],
  ['actor', ({ actor }) => actor],
  ['actor_id', ({ actorId }) => actorId],
  ['subject', ({ subject }) => subject],
  ['account_id', ({ accountId }) => accountId],
  ['resource', ({ resource }) => resource],
  ['reason', ({ reason }) => reason],
  ['model', ({ model }) => model],
  ['input_tokens', ({ inputTokens }) => inputTokens],
  ['output_tokens', ({ outputTokens }) => outputTokens],
  ['cost_usd', ({ costPicoUsd }) => (costPicoUsd === null ? null : picoToUsdDecimal(BigInt(costPicoUsd)))],
  ['correlation_id', ({ correlationId }) => correlationId],
  ['sealed', ({ sealed }) => sealed],
]
const pageRows = 200

/**
 * The filtered entries as CSV, in the order of the list: the header, then a piece of text per page. Reasons are looked at
 * a second time on their way out.
 */
export async function* exportEntries(
  { list, redact }: { list: (query: AuditQuery) => Promise<AuditPage>; redact: (text: string) => string },
  filter: EntryFilter,
): AsyncGenerator<string> {
  yield csvLine(columns.map(([heading]) => heading))
  let cursor: string | null = null
  do {
    const page: AuditPage = await list({
      ...filter,
      limit: pageRows,
      ...(cursor === null ? {} : { cursor }),
    })
    const lines = page.rows.map((entry) => {
      const clean = { ...entry, reason: entry.reason === null ? null : redact(entry.reason) }
      return csvLine(columns.map(([, cell]) => cell(clean)))
    })
    if (lines.length > 0) yield lines.join('')
    cursor = page.nextCursor
  } while (cursor !== null)
}
