import type { CostReport, CostRow } from '#lib/contracts/costs'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { csvLine } from '#lib/telemetry/csv-line'
import { attachment } from '#server/costs/attachment'
import { type CostReportRequest, readCostReport } from '#server/costs/read-cost-report'
import type { Container } from '#server/create-container'
import { textStream } from '#server/http/text-stream'

type Parts = Pick<Container, 'db' | 'clock' | 'redactor'>

/** Dimensions whose values callers write freely, and so may hold anything. */
const written: ReadonlySet<string> = new Set(['creator', 'operation'])
const chunkRows = 1000

const columns: readonly (readonly [heading: string, value: (row: CostRow) => number | string | null])[] = [
  ['requests', (row) => row.requests],
  ['errors', (row) => row.errors],
  ['unpriced_requests', (row) => row.unpricedRequests],
  ['estimated_requests', (row) => row.estimatedRequests],
  ['input_tokens', (row) => row.inputTokens],
  ['cached_input_tokens', (row) => row.cachedInputTokens],
  ['cache_write_tokens', (row) => row.cacheWriteTokens],
  ['output_tokens', (row) => row.outputTokens],
  ['reasoning_tokens', (row) => row.reasoningTokens],
  ['cost_usd', (row) => (row.costPicoUsd === null ? null : picoToUsdDecimal(BigInt(row.costPicoUsd)))],
]

/** The report's rows as CSV; an empty `cost_usd` means that nothing in the row has a price. */
export async function exportCostsAsCsv(parts: Parts, request: CostReportRequest): Promise<Response> {
  const report = await readCostReport(parts.db, request, parts.clock.nowMs())
  return attachment(textStream(csvTexts(report, parts.redactor.redactTwice)), 'costs.csv')
}

/** The whole report as JSON, as `GET /api/admin/costs` answers it, with every row. */
export async function exportCostsAsJson(parts: Parts, request: CostReportRequest): Promise<Response> {
  const report = await readCostReport(parts.db, request, parts.clock.nowMs())
  const rows = report.rows.map((row) => ({ ...row, group: redactGroup(row, parts.redactor.redactTwice) }))
  return attachment(JSON.stringify({ ...report, rows }), 'costs.json')
}

async function* csvTexts(report: CostReport, redact: (text: string) => string): AsyncGenerator<string> {
  const times = report.granularity === null ? [] : ['at_utc']
  yield csvLine([...times, ...report.groupBy, ...columns.map(([heading]) => heading)])
  for (let from = 0; from < report.rows.length; from += chunkRows) {
    const lines = report.rows.slice(from, from + chunkRows).map((row) => {
      const group = redactGroup(row, redact)
      const values = report.groupBy.map((dimension) => group?.[dimension] ?? null)
      return csvLine([...times.map(() => row.at), ...values, ...columns.map(([, value]) => value(row))])
    })
    yield lines.join('')
  }
}

function redactGroup({ group }: CostRow, redact: (text: string) => string): CostRow['group'] {
  if (group === null) return null
  return Object.fromEntries(
    Object.entries(group).map(([name, value]) => [name, written.has(name) ? redact(value) : value]),
  )
}
