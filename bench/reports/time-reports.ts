import { median } from '#bench/report/median'
import type { CostDimension } from '../../lib/costs/cost-dimensions.ts'
import { readCostReport } from '../../server/costs/read-cost-report.ts'
import type { Database } from '../../server/db/database.ts'

const DAY_MS = 86_400_000

/** A report that is asked for: its dimensions, whether for one account (the one with most creators), and its span. */
export interface ReportCase {
  readonly groupBy: readonly CostDimension[]
  readonly accountId: string | null
  readonly period: string
  readonly fromMs: number
  readonly toMs: number | null
}

export interface ReportTiming extends ReportCase {
  readonly medianMs: number
  readonly slowestMs: number
  readonly groups: number
}

/** Spans as a person asks for them. The last begins and ends within minutes, so that the ledger itself is read, too. */
function periods(nowMs: number) {
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS
  const monthMs = Date.parse(`${new Date(nowMs).toISOString().slice(0, 7)}-01`)
  const last = (days: number) => ({ fromMs: todayMs - (days - 1) * DAY_MS, toMs: null })
  return [
    { period: 'today', fromMs: todayMs, toMs: null },
    { period: 'last 7 days', ...last(7) },
    { period: 'this month', fromMs: monthMs, toMs: null },
    { period: 'last 30 days', ...last(30) },
    { period: '30 days to yesterday', fromMs: todayMs - 30 * DAY_MS, toMs: todayMs },
    {
      period: '6 hours, to the second',
      fromMs: Math.max(todayMs, nowMs - 6 * 3_600_000),
      toMs: nowMs - 61_000,
    },
  ]
}

const one: readonly CostDimension[] = ['creator', 'operation', 'provider', 'deployment', 'model', 'tier']
const two: readonly (readonly [CostDimension, CostDimension])[] = [
  ['creator', 'model'],
  ['creator', 'operation'],
  ['operation', 'model'],
]

/** By one dimension, for an account; by two, for an account and for all. */
export function listCases(nowMs: number): ReportCase[] {
  const account = 'acc_0'
  return periods(nowMs).flatMap((period) => [
    ...one.map((dimension) => ({ groupBy: [dimension], accountId: account, ...period })),
    ...two.map((groupBy) => ({ groupBy, accountId: account, ...period })),
    ...two.map((groupBy) => ({ groupBy, accountId: null, ...period })),
    { groupBy: ['account', 'creator'] as const, accountId: null, ...period },
  ])
}

/** From the call until the report is there, with the 100 dearest groups, as the API gives it; the first does not count. */
export async function timeReport(db: Database, wanted: ReportCase, rounds: number): Promise<ReportTiming> {
  const { groupBy, accountId, fromMs, toMs } = wanted
  const filter = accountId === null ? {} : { accountId }
  const ask = () =>
    readCostReport(db, { filter, groupBy, granularity: null, fromMs, toMs, top: 100 }, Date.now())
  const { groups } = await ask()
  if (groups === 0) throw new Error(`there is nothing to report on by ${groupBy.join(', ')}`)
  const durations: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const beganAt = performance.now()
    await ask()
    durations.push(performance.now() - beganAt)
  }
  return { ...wanted, medianMs: median(durations), slowestMs: Math.max(...durations), groups }
}
