import type { CostDimension } from '#lib/costs/cost-dimensions'
import { ceilToGrain, floorToGrain, type TimeGrain, timeGrains } from '#lib/costs/time-grain'

/** Tables that can answer a cost report: roll-ups by route, by creator, by both (days only). */
export type CostTable = 'route' | 'creator' | 'cube'

/** A stretch of a report's span that one source answers: whole grains of the roll-up, or entries of the ledger. */
export interface CostPiece {
  source: TimeGrain | 'ledger'
  fromMs: number
  /** Exclusive. */
  toMs: number
}

export interface CostPlan {
  table: CostTable
  /** In order, without gaps or overlaps; together exactly the span. */
  pieces: readonly CostPiece[]
}

export interface CostPlanRequest {
  /** Dimensions that the report names, whether to break down or to filter. */
  dimensions: readonly CostDimension[]
  fromMs: number
  /** Exclusive; null for everything until now and what comes in meanwhile. */
  toMs: number | null
  /** The grain in which the report is cut; null for one sum. */
  granularity: TimeGrain | null
  nowMs: number
}

const dayMs = 86_400_000
/** A margin short of what `server/db/maintenance.ts` keeps. */
const keptDays: Readonly<Record<TimeGrain, number>> = {
  minute: 2,
  hour: 398,
  day: Number.POSITIVE_INFINITY,
  month: Number.POSITIVE_INFINITY,
}
const grainsOf: Readonly<Record<CostTable, readonly TimeGrain[]>> = {
  route: ['minute', 'hour', 'day'],
  creator: ['minute', 'hour', 'day', 'month'],
  cube: ['day'],
}

/**
 * Cuts a report's span into the fewest rows that add up to it exactly: the coarsest grains in the middle, finer ones
 * towards the ends, the ledger itself for what no grain fits or is kept for.
 */
export function planCostReport(request: CostPlanRequest): CostPlan {
  const { granularity, fromMs, nowMs } = request
  const table = tableFor(request.dimensions)
  const finestWanted = granularity === null ? timeGrains.length : timeGrains.indexOf(granularity) + 1
  const grains = timeGrains.slice(0, finestWanted).filter((grain) => grainsOf[table].includes(grain))
  // Clocks differ a little: what another instance dates a moment ahead belongs to "until now" too.
  const toMs = request.toMs ?? ceilToGrain(nowMs + dayMs, 'month')
  const keptFrom = (grain: TimeGrain) => nowMs - keptDays[grain] * dayMs
  return { table, pieces: cut({ fromMs, toMs, grains, keptFrom }) }
}

function tableFor(dimensions: readonly CostDimension[]): CostTable {
  if (!dimensions.includes('creator')) return 'route'
  return dimensions.every((one) => one === 'creator' || one === 'account') ? 'creator' : 'cube'
}

interface Cut {
  fromMs: number
  toMs: number
  /** Finest first. */
  grains: readonly TimeGrain[]
  keptFrom: (grain: TimeGrain) => number
}

function cut({ fromMs, toMs, grains, keptFrom }: Cut): CostPiece[] {
  if (fromMs >= toMs) return []
  const coarsest = grains.at(-1)
  if (!coarsest) return [{ source: 'ledger', fromMs, toMs }]
  const startMs = Math.max(fromMs, keptFrom(coarsest))
  const firstMs = ceilToGrain(startMs, coarsest)
  const endMs = floorToGrain(toMs, coarsest)
  const finer = { grains: grains.slice(0, -1), keptFrom }
  if (firstMs >= endMs) return cut({ fromMs, toMs, ...finer })
  return [
    ...cut({ fromMs, toMs: firstMs, ...finer }),
    { source: coarsest, fromMs: firstMs, toMs: endMs },
    ...cut({ fromMs: endMs, toMs, ...finer }),
  ]
}
