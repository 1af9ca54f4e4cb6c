import type { CostDimension } from '#lib/costs/cost-dimensions'
import { ceilToGrain, floorToGrain, nextGrain, type TimeGrain, timeGrains } from '#lib/costs/time-grain'

/** Roll-ups that can answer a cost report: by route, by creator, by both (days and months only). */
export type CostTable = 'route' | 'creator' | 'cube'

/** A stretch of a report's span that one source answers: whole grains of the roll-up, or entries of the ledger. */
export interface CostPiece {
  source: TimeGrain | 'ledger'
  fromMs: number
  /** Exclusive. */
  toMs: number
  /** Its rows are in another piece, but not in the span: they are taken off again. */
  isSubtracted?: true
}

export interface CostPlan {
  table: CostTable
  /** In order; together, but for what is subtracted, exactly the span. */
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
  cube: ['day', 'month'],
}

/**
 * Cuts a report's span into the fewest rows that add up to it exactly: the coarsest grains in the middle, finer ones
 * towards the ends, the ledger itself for what no grain fits or is kept for. Days by creator are many: of a month of
 * which most days are in the span, it is the whole, and the other days are subtracted.
 */
export function planCostReport(request: CostPlanRequest): CostPlan {
  const { granularity, fromMs, nowMs } = request
  const table = tableFor(request.dimensions)
  const finestWanted = granularity === null ? timeGrains.length : timeGrains.indexOf(granularity) + 1
  const grains = timeGrains.slice(0, finestWanted).filter((grain) => grainsOf[table].includes(grain))
  // Clocks differ a little: what another instance dates a moment ahead belongs to "until now" too.
  const toMs = request.toMs ?? ceilToGrain(nowMs + dayMs, 'month')
  const keptFrom = (grain: TimeGrain) => nowMs - keptDays[grain] * dayMs
  const pieces = cut({ fromMs, toMs, grains, keptFrom })
  const isWhole = grains.includes('month')
  return { table, pieces: isWhole ? pieces.flatMap((piece) => fromWholeMonths(piece, nowMs)) : pieces }
}

/** A month that has not ended has no rows behind today: days to come cost nothing, whether they are added or subtracted. */
function fromWholeMonths(piece: CostPiece, nowMs: number): CostPiece[] {
  if (piece.source !== 'day') return [piece]
  const months: CostPiece[] = []
  for (let startMs = floorToGrain(piece.fromMs, 'month'); startMs < piece.toMs; ) {
    const endMs = nextGrain(startMs, 'month')
    const [fromMs, toMs] = [Math.max(startMs, piece.fromMs), Math.min(endMs, piece.toMs)]
    months.push(...shorterWay({ fromMs, toMs }, { startMs, endMs }, ceilToGrain(nowMs, 'day')))
    startMs = endMs
  }
  return months
}

type Span = Pick<CostPiece, 'fromMs' | 'toMs'>

/** Days of one month, either by themselves or as the month without its others, whichever has fewer days. */
function shorterWay(days: Span, month: { startMs: number; endMs: number }, lastMs: number): CostPiece[] {
  const others = [
    { fromMs: month.startMs, toMs: days.fromMs },
    { fromMs: days.toMs, toMs: month.endMs },
  ].filter(({ fromMs, toMs }) => fromMs < toMs)
  const lengthMs = ({ fromMs, toMs }: Span) => Math.max(0, Math.min(toMs, lastMs) - fromMs)
  if (others.reduce((sum, span) => sum + lengthMs(span), 0) >= lengthMs(days))
    return [{ source: 'day', ...days }]
  const subtracted = others.map((span) => ({ source: 'day', ...span, isSubtracted: true }) as const)
  return [{ source: 'month', fromMs: month.startMs, toMs: month.endMs }, ...subtracted]
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
