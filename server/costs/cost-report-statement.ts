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

/** Names of a report's measures, and what each is in a roll-up and in the ledger. */
const measures = [
  ['requests', 'requests', '1'],
  ['errors', 'errors', `(outcome <> 'success')::int`],
  ['unpricedRequests', 'unpriced', '(cost_pico_usd IS NULL)::int'],
  ['estimatedRequests', 'estimated', `(usage_source = 'estimated')::int`],
  ['inputTokens', 'input_tokens', 'input_tokens'],
  ['cachedInputTokens', 'cached_input_tokens', 'cached_input_tokens'],
  ['cacheWriteTokens', 'cache_write_tokens', 'cache_write_tokens'],
  ['outputTokens', 'output_tokens', 'output_tokens'],
  ['reasoningTokens', 'reasoning_tokens', 'reasoning_tokens'],
  ['costPicoUsd', 'cost_pico_usd', 'coalesce(cost_pico_usd, 0)'],
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

const rollups: Readonly<Record<CostTable, { table: string; start: string; hasGrain: boolean }>> = {
  route: { table: 'route_rollups', start: 'bucket_start', hasGrain: true },
  creator: { table: 'creator_rollups', start: 'bucket_start', hasGrain: true },
  cube: { table: 'usage_days', start: `day::timestamp AT TIME ZONE 'UTC'`, hasGrain: false },
}

/**
 * One statement, and so one snapshot, for a whole report. Rows: `at` (ms, null without granularity), `groups` (how
 * many there are), `rest` (true for the row of those beyond `top`), the dimensions as `d0`, `d1`, and the measures as
 * text.
 */
export function costReportStatement(request: CostStatementRequest): Statement {
  const { groupBy, plan, top } = request
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const parts = plan.pieces.map((piece) => pieceSelect(piece, { ...request, bind })).join('\nUNION ALL\n')
  const names = groupBy.map((_, index) => `d${index}`)
  const list = (columns: readonly string[]) => columns.map((column) => `, ${column}`).join('')
  const sums = measures.map(([name]) => `sum("${name}") AS "${name}"`).join(', ')
  const shown = `rank <= coalesce(${bind(top)}::bigint, rank)`
  const joined = names.map((name) => `AND cells.${name} = ranked.${name}`).join(' ')
  const text = `
WITH parts AS (
${parts}
), cells AS MATERIALIZED (
  SELECT at${list(names)}, ${sums} FROM parts GROUP BY at${list(names)}
), ranked AS MATERIALIZED (
  SELECT row_number() OVER (ORDER BY sum("costPicoUsd") DESC, sum(requests) DESC${list(names)}) AS rank${list(names)}
  FROM cells GROUP BY ${names.length > 0 ? names.join(', ') : '()'}
)
SELECT (extract(epoch FROM at) * 1000)::bigint::text AS at, (SELECT count(*) FROM ranked)::int AS groups,
  NOT ${shown} AS rest${list(names.map((name) => `CASE WHEN ${shown} THEN cells.${name} END AS ${name}`))},
  ${measures.map(([name]) => `sum("${name}")::text AS "${name}"`).join(', ')}
FROM cells JOIN ranked ON true ${joined}
GROUP BY at, ${shown}${list(names.map((name) => `CASE WHEN ${shown} THEN cells.${name} END`))}
ORDER BY at, rest, sum("costPicoUsd") DESC, sum(requests) DESC${list(names.map((_, index) => String(4 + index)))}`
  return { text, values }
}

type Binding = CostStatementRequest & { bind: (value: unknown) => string }

function pieceSelect(piece: CostPiece, request: Binding): string {
  const { plan, groupBy, granularity, bind } = request
  const isLedger = piece.source === 'ledger'
  const source = isLedger
    ? { table: 'ledger_entries', start: 'started_at', hasGrain: false }
    : rollups[plan.table]
  const at =
    granularity === null ? 'NULL::timestamptz' : `date_trunc('${granularity}', ${source.start}, 'UTC')`
  const column = (dimension: CostDimension) =>
    isLedger && dimension === 'creator' ? `coalesce(creator_id, '')` : columnOf[dimension]
  const dimensions = groupBy.map((dimension, index) => `, ${column(dimension)} AS d${index}`).join('')
  const counts = measures.map(([name, rolled, booked]) => `${isLedger ? booked : rolled} AS "${name}"`)
  const conditions = [
    ...(source.hasGrain ? [`grain = ${bind(piece.source)}`] : []),
    ...spanConditions(piece, request),
    ...filterConditions(request, isLedger),
  ]
  return `  SELECT ${at} AS at${dimensions}, ${counts.join(', ')}
  FROM ${source.table} WHERE ${conditions.join(' AND ')}`
}

function spanConditions({ source, fromMs, toMs }: CostPiece, { plan, bind }: Binding): string[] {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
  if (source !== 'ledger' && plan.table === 'cube')
    return [`day >= ${bind(from.slice(0, 10))}::date`, `day < ${bind(to.slice(0, 10))}::date`]
  const column = source === 'ledger' ? 'started_at' : 'bucket_start'
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
