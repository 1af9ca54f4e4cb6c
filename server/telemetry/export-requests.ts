import type { RequestRow } from '#lib/contracts/requests'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { csvLine } from '#lib/telemetry/csv-line'
import type { Database } from '#server/db/database'
import type { Redactor } from '#server/privacy/redactor'
import { type RequestFilter, requestCondition } from '#server/telemetry/request-filter'
import { positionOf, selectRequests } from '#server/telemetry/request-rows'

type Cell = string | number | boolean | null

/** Heading (with the unit) and value of each column. */
const columns: readonly (readonly [heading: string, value: (row: RequestRow) => Cell])[] = [
  ['started_at_utc', (row) => row.at],
  ['request_id', (row) => row.id],
  ['correlation_id', (row) => row.correlationId],
  ['account_id', (row) => row.accountId],
  ['creator_id', (row) => row.creatorId],
  ['operation', (row) => row.operation],
  ['kind', (row) => row.kind],
  ['requested_model', (row) => row.requestedModel],
  ['tier', (row) => row.tier],
  ['deployment_id', (row) => row.deploymentId],
  ['provider', (row) => row.provider],
  ['region', (row) => row.region],
  ['model', (row) => row.model],
  ['outcome', (row) => row.outcome],
  ['error_code', (row) => row.errorCode],
  ['http_status', (row) => row.httpStatus],
  ['streamed', (row) => row.streamed],
  ['attempts', (row) => row.attempts],
  ['first_token_ms', (row) => row.firstTokenMs],
  ['latency_ms', (row) => row.latencyMs],
  ['overhead_us', (row) => row.overheadUs],
  ['input_tokens', (row) => row.inputTokens],
  ['cached_input_tokens', (row) => row.cachedInputTokens],
  ['output_tokens', (row) => row.outputTokens],
  ['reasoning_tokens', (row) => row.reasoningTokens],
  ['usage_source', (row) => row.usageSource],
  ['cost_usd', (row) => (row.costPicoUsd === null ? null : picoToUsdDecimal(BigInt(row.costPicoUsd)))],
]
/** What callers write freely, and so may hold anything. */
const written: ReadonlySet<string> = new Set(['correlation_id', 'creator_id', 'operation', 'requested_model'])
const chunkRows = 1000

function cellOf(
  row: RequestRow,
  [heading, value]: (typeof columns)[number],
  redact: (text: string) => string,
): Cell {
  const cell = value(row)
  return typeof cell === 'string' && written.has(heading) ? redact(cell) : cell
}

/**
 * The filtered requests as CSV, newest first: the header, then one piece of text per thousand rows, each read when
 * the one before was taken. An empty `cost_usd` means that no price was known. What callers wrote goes out redacted.
 */
export async function* exportRequests(
  db: Pick<Database, 'orm'>,
  { filter, redact }: { filter: RequestFilter; redact: Redactor['redactTwice'] },
): AsyncGenerator<string> {
  yield csvLine(columns.map(([heading]) => heading))
  const condition = requestCondition(filter)
  let rows: RequestRow[] = []
  do {
    const last = rows.at(-1)
    rows = await selectRequests(db, {
      condition,
      after: last ? positionOf(last) : null,
      limit: chunkRows,
      selective: filter.id !== undefined,
    })
    if (rows.length > 0)
      yield rows.map((row) => csvLine(columns.map((column) => cellOf(row, column, redact)))).join('')
  } while (rows.length === chunkRows)
}
