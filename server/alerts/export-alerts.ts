import type { AlertsQuery, AlertView } from '#lib/contracts/alerts'
import { csvLine } from '#lib/telemetry/csv-line'
import { listAlerts } from '#server/alerts/list-alerts'
import type { Database } from '#server/db/database'

type Cell = string | number | null

const columns: readonly [string, (alert: AlertView) => Cell][] = [
  ['id', ({ id }) => id],
  ['rule', ({ ruleId }) => ruleId],
  ['severity', ({ severity }) => severity],
  ['state', ({ state }) => state],
  ['sentence', ({ sentence }) => sentence],
  ['labels', ({ labels }) => JSON.stringify(labels)],
  ['metric', ({ metric }) => metric],
  ['unit', ({ unit }) => unit],
  ['value', ({ value }) => value],
  ['worst', ({ worst }) => worst],
  ['threshold', ({ threshold }) => threshold],
  ['fired_at', ({ firedAt }) => firedAt],
  ['resolved_at', ({ resolvedAt }) => resolvedAt],
  ['acknowledged_at', ({ acknowledgedAt }) => acknowledgedAt],
  ['acknowledged_by', ({ acknowledgedBy }) => acknowledgedBy],
  ['request_ids', ({ requestIds }) => requestIds.join(' ')],
]
const pageRows = 200

/** The filtered alerts as CSV, in the order of the list: the header, then a piece of text per page. */
export async function* exportAlerts(
  db: Pick<Database, 'orm'>,
  filter: Omit<AlertsQuery, 'cursor' | 'limit'>,
): AsyncGenerator<string> {
  yield csvLine(columns.map(([heading]) => heading))
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listAlerts>> = await listAlerts(db, {
      ...filter,
      limit: pageRows,
      ...(cursor === null ? {} : { cursor }),
    })
    if (page.alerts.length > 0)
      yield page.alerts.map((alert) => csvLine(columns.map(([, cell]) => cell(alert)))).join('')
    cursor = page.nextCursor
  } while (cursor !== null)
}
