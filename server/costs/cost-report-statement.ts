import { type CostDimension, type CostFilter, dimensionsOf, filterOf } from '#lib/costs/cost-dimensions'
import type { CostPiece, CostPlan, CostTable } from '#lib/costs/plan-cost-report'
import type { TimeGrain } from '#lib/costs/time-grain'

/** SQL with its parameters. */
interface Statement {
  text: string
  values: unknown[]
}

export interface CostStatementRequest {
  plan: CostPlan
  groupBy: readonly CostDimension[]
  granularity: TimeGrain | null
  filter: CostFilter
  /** Only so many groups get rows of their own; null for all. */
  top: number | null
}

/** Names of a report's measures, and what each is in a roll-up and in the ledger: bigint, the cost numeric. */
const measures = [
  ['requests', 'requests', '1::bigint'],
  ['errors', 'errors', `(outcome <> 'success')::int::bigint`],
  ['unpricedRequests', 'unpriced', '(cost_pico_usd IS NULL)::int::bigint'],
  ['estimatedRequests', 'estimated', `(usage_source = 'estimated')::int::bigint`],
  ['inputTokens', 'input_tokens', 'input_tokens::bigint'],
  ['cachedInputTokens', 'cached_input_tokens', 'cached_input_tokens::bigint'],
  ['cacheWriteTokens', 'cache_write_tokens', 'cache_write_tokens::bigint'],
  ['outputTokens', 'output_tokens', 'output_tokens::bigint'],
  ['reasoningTokens', 'reasoning_tokens', 'reasoning_tokens::bigint'],
  ['costPicoUsd', 'cost_pico_usd', 'coalesce(cost_pico_usd, 0)::numeric'],
] as const

const columnOf: Readonly<Record<CostDimension, string>> = {
  account: 'account_id',
  creator: 'creator_id',
  operation: 'operation',
  provider: 'provider',
  deployment: 'deployment_id',
  model: 'model',
  tier: 'tier',
}

interface Source {
  table: string
  /** The instant at which a row's grain begins, or an entry. */
  start: string
  /** The column by which spans are cut. */
  column: string
  isDate: boolean
  hasGrain: boolean
}

const byGrain = { start: 'bucket_start', column: 'bucket_start', isDate: false, hasGrain: true }
const byDate = (column: string) => ({
  start: `${column}::timestamp AT TIME ZONE 'UTC'`,
  column,
  isDate: true,
  hasGrain: false,
})

function sourceOf(table: CostTable, source: CostPiece['source']): Source {
  if (source === 'ledger')
    return {
      table: 'ledger_entries',
      start: 'started_at',
      column: 'started_at',
      isDate: false,
      hasGrain: false,
    }
  if (table === 'route') return { table: 'route_rollups', ...byGrain }
  if (table === 'creator') return { table: 'creator_rollups', ...byGrain }
  return source === 'month'
    ? { table: 'usage_months', ...byDate('month') }
    : { table: 'usage_days', ...byDate('day') }
}

/**
 * One statement, and so one snapshot, for a whole report. Rows: `at` (ms, null without granularity), `groups` (how
 * many there are), `rest` (true for the row of those beyond `top`), the dimensions as `d0`, `d1`, and the measures as
 * text.
 *
 * There may be a hundred thousand groups, so with `top` only those few are sorted.
 */
export function costReportStatement(request: CostStatementRequest): Statement {
  const { groupBy, plan, top, granularity } = request
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const parts = plan.pieces.map((piece) => pieceSelect(piece, { ...request, bind })).join('\nUNION ALL\n')
  const names = groupBy.map((_, index) => `d${index}`)
  const sums = measures.map(([name]) => `total("${name}") AS "${name}"`).join(', ')
  // Where days were taken from a month again, groups may be left of which nothing is in the span.
  const some = plan.pieces.some(({ isSubtracted }) => isSubtracted) ? ' HAVING total(requests) > 0' : ''
  const shape = { names, granularity, groups: groupsSelect(names, granularity) }
  const rows =
    top === null || names.length === 0 ? everyGroup(shape) : dearestGroups({ ...shape, limit: bind(top) })
  const text = `
WITH parts AS (
${parts}
), cells AS MATERIALIZED (
  SELECT at${list(names)}, ${sums} FROM parts GROUP BY at${list(names)}${some}
)${rows}
ORDER BY at, rest, "costOrder" DESC, "requestsOrder" DESC${list(names)}`
  return { text, values }
}

interface Shape {
  /** Of the dimensions' columns. */
  names: readonly string[]
  granularity: TimeGrain | null
  /** Counts the groups. */
  groups: string
}

const list = (columns: readonly string[]) => columns.map((column) => `, ${column}`).join('')
const atMs = '(extract(epoch FROM at) * 1000)::bigint::text AS at'

/** Without granularity, a cell is a group. */
function groupsSelect(names: readonly string[], granularity: TimeGrain | null): string {
  if (names.length === 0) return '1'
  const of =
    granularity === null ? 'cells' : `(SELECT DISTINCT ${names.join(', ')} FROM cells) AS distinct_groups`
  return `(SELECT count(*) FROM ${of})::int`
}

/** Each cell is a row. */
function everyGroup({ names, groups }: Shape): string {
  return `
SELECT ${atMs}, ${groups} AS groups, false AS rest${list(names)},
  ${measures.map(([name]) => `"${name}"::text AS "${name}"`).join(', ')},
  "costPicoUsd" AS "costOrder", requests AS "requestsOrder"
FROM cells`
}

/** The cells of the dearest groups, and the others of each time together. */
function dearestGroups({ names, granularity, groups, limit }: Shape & { limit: string }): string {
  const columns = names.join(', ')
  const order = (cost: string, requests: string) => `ORDER BY ${cost} DESC, ${requests} DESC, ${columns}`
  const best =
    granularity === null
      ? order('"costPicoUsd"', 'requests')
      : `GROUP BY ${columns} ${order('total("costPicoUsd")', 'total(requests)')}`
  const shown = names.map((name) => `best.${name}`)
  return `, best AS MATERIALIZED (
  SELECT ${columns} FROM cells ${best} LIMIT ${limit}::bigint
)
SELECT ${atMs}, ${groups} AS groups, best.d0 IS NULL AS rest${list(shown)},
  ${measures.map(([name]) => `total("${name}")::text AS "${name}"`).join(', ')},
  total("costPicoUsd") AS "costOrder", total(requests) AS "requestsOrder"
FROM cells LEFT JOIN best ON ${names.map((name) => `cells.${name} = best.${name}`).join(' AND ')}
GROUP BY cells.at${list(shown)}`
}

type Binding = CostStatementRequest & { bind: (value: unknown) => string }

function pieceSelect(piece: CostPiece, request: Binding): string {
  const { plan, groupBy, granularity, bind } = request
  const isLedger = piece.source === 'ledger'
  const source = sourceOf(plan.table, piece.source)
  const at =
    granularity === null ? 'NULL::timestamptz' : `date_trunc('${granularity}', ${source.start}, 'UTC')`
  const column = (dimension: CostDimension) =>
    isLedger && dimension === 'creator' ? `coalesce(creator_id, '')` : columnOf[dimension]
  const dimensions = groupBy.map((dimension, index) => `, ${column(dimension)} AS d${index}`).join('')
  const sign = piece.isSubtracted ? '-' : ''
  const counts = measures.map(([name, rolled, booked]) => `${sign}${isLedger ? booked : rolled} AS "${name}"`)
  const conditions = [
    ...(source.hasGrain ? [`grain = ${bind(piece.source)}`] : []),
    ...spanConditions(piece, source, request.bind),
    ...filterConditions(request, isLedger),
  ]
  return `  SELECT ${at} AS at${dimensions}, ${counts.join(', ')}
  FROM ${source.table} WHERE ${conditions.join(' AND ')}`
}

function spanConditions(piece: CostPiece, { column, isDate }: Source, bind: Binding['bind']): string[] {
  const [from, to] = [new Date(piece.fromMs).toISOString(), new Date(piece.toMs).toISOString()]
  if (isDate)
    return [`${column} >= ${bind(from.slice(0, 10))}::date`, `${column} < ${bind(to.slice(0, 10))}::date`]
  return [`${column} >= ${bind(from)}::timestamptz`, `${column} < ${bind(to)}::timestamptz`]
}

function filterConditions({ filter, bind }: Binding, isLedger: boolean): string[] {
  return dimensionsOf(filter).map((dimension) => {
    const value = filter[filterOf[dimension]]
    // Spelled as the ledger's index knows it.
    if (isLedger && dimension === 'creator')
      return value === '' ? 'creator_id IS NULL' : `creator_id = ${bind(value)}`
    return `${columnOf[dimension]} = ${bind(value)}`
  })
}
