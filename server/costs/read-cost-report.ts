import type { CostReport, CostRow } from '#lib/contracts/costs'
import { type CostDimension, type CostFilter, dimensionsOf } from '#lib/costs/cost-dimensions'
import { addCosts, type CostMeasures, knownCost } from '#lib/costs/cost-measures'
import { planCostReport } from '#lib/costs/plan-cost-report'
import { floorToGrain, type TimeGrain } from '#lib/costs/time-grain'
import { costReportStatement } from '#server/costs/cost-report-statement'
import type { Database } from '#server/db/database'
import { runReport } from '#server/db/run-report'
import { AppError } from '#server/http/app-error'

/** What a cost report is to say. */
export interface CostReportRequest {
  filter: CostFilter
  /** None to two. */
  groupBy: readonly CostDimension[]
  granularity: TimeGrain | null
  /** Requests that started at or after; null for the first instant of this month (UTC). */
  fromMs: number | null
  /** Requests that started before; null for until now. */
  toMs: number | null
  /** Groups that get rows of their own, the dearest ones; null for all. */
  top: number | null
}

/** A row before it becomes JSON. */
export interface CostReportRow extends CostMeasures {
  atMs: number | null
  /** Null for the groups beyond `top` together. */
  group: Partial<Record<CostDimension, string>> | null
}

export interface CostFigures {
  fromMs: number
  toMs: number
  totals: CostMeasures
  groups: number
  rows: CostReportRow[]
}

const dayMs = 86_400_000
const longestSpanDays: Readonly<Record<TimeGrain, number>> = { minute: 1, hour: 62, day: 1100, month: 36_600 }
/** Creators beside another dimension are rolled up by day only; finer, a report reads the ledger itself. */
const longestLedgerDays = 2

/**
 * The one query behind every page, export and API that shows costs: totals and rows of the requests that started in
 * a span, exact for any span and filter, from the fewest rows that add up to it, all in one snapshot. Whole hours are
 * kept 400 days, whole days for good; other ends of a span reach as far back as the ledger.
 * @throws AppError `invalid_request` when the grain is too fine for the span.
 */
export async function readCostFigures(
  db: Pick<Database, 'pool' | 'kind'>,
  request: CostReportRequest,
  nowMs: number,
): Promise<CostFigures> {
  const { filter, groupBy, granularity } = request
  const fromMs = request.fromMs ?? floorToGrain(nowMs, 'month')
  const plan = planCostReport({
    dimensions: [...groupBy, ...dimensionsOf(filter)],
    fromMs,
    toMs: request.toMs,
    granularity,
    nowMs,
  })
  const toMs = request.toMs ?? nowMs
  if (granularity) requireCoarseEnough({ granularity, spanMs: toMs - fromMs, isCube: plan.table === 'cube' })
  if (plan.pieces.length === 0) return { fromMs, toMs, totals: addCosts([]), groups: 0, rows: [] }
  const found = await runReport<FoundRow>(db, costReportStatement({ ...request, plan }))
  const rows = found.rows
    .map((row) => toReportRow(row, groupBy))
    // Without groups Postgres sums even nothing to one row.
    .filter((row) => row.requests > 0)
  const groups = rows.length > 0 ? (found.rows[0]?.groups ?? 0) : 0
  return { fromMs, toMs, totals: addCosts(rows), groups, rows }
}

/** `readCostFigures` as the API's JSON. */
export async function readCostReport(
  db: Pick<Database, 'pool' | 'kind'>,
  request: CostReportRequest,
  nowMs: number,
): Promise<CostReport> {
  const { fromMs, toMs, totals, groups, rows } = await readCostFigures(db, request, nowMs)
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    granularity: request.granularity,
    groupBy: [...request.groupBy],
    totals: measuresView(totals),
    groups,
    rows: rows.map(rowView),
  }
}

type FoundRow = Readonly<
  Record<Exclude<keyof CostMeasures, 'costPicoUsd'> | 'costPicoUsd', string | null>
> & {
  at: string | null
  groups: number
  rest: boolean
  d0?: string
  d1?: string
}

function toReportRow(row: FoundRow, groupBy: readonly CostDimension[]): CostReportRow {
  const names = [row.d0, row.d1]
  const group = Object.fromEntries(groupBy.map((dimension, index) => [dimension, names[index] ?? '']))
  const count = (text: string | null) => Number(text ?? 0)
  return {
    atMs: row.at === null ? null : Number(row.at),
    group: row.rest ? null : group,
    requests: count(row.requests),
    errors: count(row.errors),
    unpricedRequests: count(row.unpricedRequests),
    estimatedRequests: count(row.estimatedRequests),
    inputTokens: count(row.inputTokens),
    cachedInputTokens: count(row.cachedInputTokens),
    cacheWriteTokens: count(row.cacheWriteTokens),
    outputTokens: count(row.outputTokens),
    reasoningTokens: count(row.reasoningTokens),
    costPicoUsd: BigInt(row.costPicoUsd ?? 0),
  }
}

function measuresView(measures: CostMeasures): CostReport['totals'] {
  return { ...measures, costPicoUsd: knownCost(measures)?.toString() ?? null }
}

function rowView({ atMs, group, ...measures }: CostReportRow): CostRow {
  return { at: atMs === null ? null : new Date(atMs).toISOString(), group, ...measuresView(measures) }
}

function requireCoarseEnough(wanted: { granularity: TimeGrain; spanMs: number; isCube: boolean }): void {
  const { granularity, spanMs, isCube } = wanted
  const isFine = granularity === 'minute' || granularity === 'hour'
  const limit =
    isCube && isFine
      ? Math.min(longestLedgerDays, longestSpanDays[granularity])
      : longestSpanDays[granularity]
  if (spanMs <= limit * dayMs) return
  const why = isCube && isFine ? ' when creators are combined with another dimension' : ''
  const message = `granularity: ${granularity} is for spans of at most ${limit} days${why}; choose a coarser one`
  throw new AppError('invalid_request', { message, param: 'granularity' })
}
