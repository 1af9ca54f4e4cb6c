import {
  mergeHistograms,
  type RatioHistogram,
  ratioBucket,
  subtractHistogram,
} from '#lib/traffic/ratio-histogram'

/** What one side of a rollout did in a span of time; sums only, so spans and instances add up. */
export interface ArmCounts {
  /** Requests that ended and whose caller did not go away. */
  requests: number
  /** Of them, those without a whole answer from this side. */
  errors: number
  /** Of them, those refused by the model or a content filter. */
  refusals: number
  /** Milliseconds to the whole answer, of answers that did not stream. */
  latencyMs: RatioHistogram
  /** Milliseconds to the first content token, of those that did. */
  firstTokenMs: RatioHistogram
  /** 10⁻⁹ USD a request, of requests with a price. */
  costNanoUsd: RatioHistogram
  /** Their sum. */
  costSumNanoUsd: number
  /** Quality scores 0–1: how many and their sum. */
  scores: number
  scoreSum: number
  /** Units (creators, sessions) seen for the first time. */
  units: number
}

export const noCounts: Readonly<ArmCounts> = {
  requests: 0,
  errors: 0,
  refusals: 0,
  latencyMs: {},
  firstTokenMs: {},
  costNanoUsd: {},
  costSumNanoUsd: 0,
  scores: 0,
  scoreSum: 0,
  units: 0,
}

/** Both sides over the same span. */
export interface RolloutSpan {
  baseline: ArmCounts
  candidate: ArmCounts
}

export const emptySpan: Readonly<RolloutSpan> = { baseline: noCounts, candidate: noCounts }

export function addCounts(a: ArmCounts, b: ArmCounts): ArmCounts {
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    refusals: a.refusals + b.refusals,
    latencyMs: mergeHistograms(a.latencyMs, b.latencyMs),
    firstTokenMs: mergeHistograms(a.firstTokenMs, b.firstTokenMs),
    costNanoUsd: mergeHistograms(a.costNanoUsd, b.costNanoUsd),
    costSumNanoUsd: a.costSumNanoUsd + b.costSumNanoUsd,
    scores: a.scores + b.scores,
    scoreSum: a.scoreSum + b.scoreSum,
    units: a.units + b.units,
  }
}

export function addSpans(a: RolloutSpan, b: RolloutSpan): RolloutSpan {
  return {
    baseline: addCounts(a.baseline, b.baseline),
    candidate: addCounts(a.candidate, b.candidate),
  }
}

/** What came to the earlier totals to make the later ones; each may only have grown. */
export function subtractSpans(later: RolloutSpan, earlier: RolloutSpan): RolloutSpan {
  return {
    baseline: subtractCounts(later.baseline, earlier.baseline),
    candidate: subtractCounts(later.candidate, earlier.candidate),
  }
}

function subtractCounts(later: ArmCounts, earlier: ArmCounts): ArmCounts {
  return {
    requests: later.requests - earlier.requests,
    errors: later.errors - earlier.errors,
    refusals: later.refusals - earlier.refusals,
    latencyMs: subtractHistogram(later.latencyMs, earlier.latencyMs),
    firstTokenMs: subtractHistogram(later.firstTokenMs, earlier.firstTokenMs),
    costNanoUsd: subtractHistogram(later.costNanoUsd, earlier.costNanoUsd),
    costSumNanoUsd: later.costSumNanoUsd - earlier.costSumNanoUsd,
    scores: later.scores - earlier.scores,
    scoreSum: later.scoreSum - earlier.scoreSum,
    units: later.units - earlier.units,
  }
}

/** One request that ended on a side. */
export interface EndedRequest {
  /** Its caller went away: it says nothing of the side, but its unit was there. */
  cancelled: boolean
  error: boolean
  refused: boolean
  /** Null when it streamed or failed. */
  latencyMs: number | null
  firstTokenMs: number | null
  /** Null when it has no price. */
  costNanoUsd: number | null
  /** It is its unit's first. */
  newUnit: boolean
}

/** Counts that requests are added to where they stand: it happens with every request. */
export type CountsInWork = {
  -readonly [Key in keyof ArmCounts]: ArmCounts[Key] extends number ? number : Record<string, number>
}

/** Nothing yet. */
export function countsInWork(): CountsInWork {
  return { ...noCounts, latencyMs: {}, firstTokenMs: {}, costNanoUsd: {} }
}

/** Adds one request to the counts themselves. */
export function addEnded(counts: CountsInWork, request: EndedRequest): void {
  const { cancelled, error, refused, latencyMs, firstTokenMs, costNanoUsd, newUnit } = request
  if (newUnit) counts.units += 1
  if (cancelled) return
  counts.requests += 1
  if (error) counts.errors += 1
  if (refused) counts.refusals += 1
  addValue(counts.latencyMs, latencyMs)
  addValue(counts.firstTokenMs, firstTokenMs)
  addValue(counts.costNanoUsd, costNanoUsd)
  counts.costSumNanoUsd += costNanoUsd ?? 0
}

function addValue(histogram: Record<string, number>, value: number | null): void {
  if (value === null) return
  const bucket = ratioBucket(value)
  histogram[bucket] = (histogram[bucket] ?? 0) + 1
}
