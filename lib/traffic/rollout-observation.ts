import { mergeHistograms, type RatioHistogram, ratioBucket } from '#lib/traffic/ratio-histogram'

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

/** One request that ended on a side. */
export interface EndedRequest {
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

/** The request as counts, to be added. */
export function countRequest(request: EndedRequest): ArmCounts {
  const { error, refused, latencyMs, firstTokenMs, costNanoUsd, newUnit } = request
  const one = (value: number | null) => (value === null ? {} : { [ratioBucket(value)]: 1 })
  return {
    ...noCounts,
    requests: 1,
    errors: error ? 1 : 0,
    refusals: refused ? 1 : 0,
    latencyMs: one(latencyMs),
    firstTokenMs: one(firstTokenMs),
    costNanoUsd: one(costNanoUsd),
    costSumNanoUsd: costNanoUsd ?? 0,
    units: newUnit ? 1 : 0,
  }
}
