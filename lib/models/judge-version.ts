import { proportionBounds } from '#lib/experiments/proportion-bounds'
import { latencyBucketBoundsMs, latencyQuantile } from '#lib/telemetry/latency-buckets'

/** What a deployment did in a span; sums only. Histograms are indexed as the latency buckets are. */
export interface VersionCounts {
  /** Attempts that ended, those that failed among them. */
  requests: number
  errors: number
  latencyMs: readonly number[]
  firstTokenMs: readonly number[]
}

export const noVersionCounts: Readonly<VersionCounts> = {
  requests: 0,
  errors: 0,
  latencyMs: [],
  firstTokenMs: [],
}

/** How a version is guarded after it has taken over. */
export interface GuardPolicy {
  /** Chance that a version that is no worse is ever rolled back. */
  alpha: number
  /** How much worse it may be: ratio of the odds of an error, ratio of times. */
  errorOddsRatio: number
  timeRatio: number
  /** Nothing is said before it has answered so many. */
  minimumRequests: number
  /** With no baseline to compare with, only this share of errors rolls back. */
  errorCeiling: number
}

export const defaultGuardPolicy: GuardPolicy = {
  alpha: 0.05,
  errorOddsRatio: 1.5,
  timeRatio: 1.25,
  minimumRequests: 30,
  errorCeiling: 0.5,
}

export interface VersionReading {
  metric: 'errors' | 'latency' | 'first_token'
  status: 'unknown' | 'good' | 'broken'
  /** Shares 0–1 for errors, milliseconds at the 95th percentile for times; null where there is nothing. */
  baseline: number | null
  candidate: number | null
  unit: 'rate' | 'ms'
  /** What the candidate's share is at least, and the most that is allowed: above it is proven worse. */
  bound: number
  limit: number
  text: string
}

export interface VersionVerdict {
  status: VersionReading['status']
  readings: readonly VersionReading[]
  /** Why it has to go; null otherwise. */
  reason: string | null
}

const metrics = ['errors', 'latency', 'first_token'] as const
/** A baseline of fewer values says nothing about its tail. */
const fewestForMarks = 100

/**
 * Holds a version against the stored baseline of the one it replaced. Both sides have confidence sequences, so it may be
 * asked as often as one likes: the chance of a false alarm, ever, stays below `alpha`. A time is worse when more of the
 * candidate's values lie above the baseline's mark, times the ratio allowed, than the baseline's own can lie above it.
 * Source: Robbins' mixture, as `lib/experiments/proportion-bounds`.
 */
export function judgeVersion(
  { baseline, candidate }: { baseline: VersionCounts; candidate: VersionCounts },
  policy: GuardPolicy,
): VersionVerdict {
  const readings = metrics.map((metric) =>
    metric === 'errors'
      ? readErrors(baseline, candidate, policy)
      : readTimes(metric, { baseline, candidate }, policy),
  )
  const broken = readings.find(({ status }) => status === 'broken')
  const known = readings.some(({ status }) => status === 'good')
  return {
    status: broken ? 'broken' : known ? 'good' : 'unknown',
    readings,
    reason: broken ? broken.text : null,
  }
}

/** Each of the three metrics has two bounds, and times two marks. */
function alphaOf({ alpha }: GuardPolicy): number {
  return alpha / (metrics.length * 4)
}

function readErrors(baseline: VersionCounts, candidate: VersionCounts, policy: GuardPolicy): VersionReading {
  const counts = ({ errors, requests }: VersionCounts) => ({ events: errors, trials: requests })
  const alpha = alphaOf(policy)
  const highest = proportionBounds(counts(baseline), alpha).upper
  const limit = Math.min(policy.errorCeiling, raiseOdds(highest, policy.errorOddsRatio))
  const { lower } = proportionBounds(counts(candidate), alpha)
  const status = candidate.requests < policy.minimumRequests ? 'unknown' : lower > limit ? 'broken' : 'good'
  const [before, now] = [rateOf(baseline), rateOf(candidate)]
  return {
    metric: 'errors',
    status,
    baseline: before,
    candidate: now,
    unit: 'rate',
    bound: lower,
    limit,
    text: `Errors: ${percent(now)} of ${candidate.requests} against ${percent(before)} before; surely at least ${percent(lower)}, allowed ${percent(limit)}`,
  }
}

function readTimes(
  metric: 'latency' | 'first_token',
  sides: { baseline: VersionCounts; candidate: VersionCounts },
  policy: GuardPolicy,
): VersionReading {
  const field = metric === 'latency' ? 'latencyMs' : 'firstTokenMs'
  const [before, now] = [sides.baseline[field], sides.candidate[field]]
  const shift = Math.ceil(Math.log(policy.timeRatio) / Math.log(1.25) - 1e-9)
  const marks = [0.5, 0.95].map((q) => compareTail({ before, now, q, shift, alpha: alphaOf(policy) }))
  const worst = marks.reduce((a, b) => (b.bound - b.limit > a.bound - a.limit ? b : a))
  const isEnough = total(now) >= policy.minimumRequests && total(before) >= fewestForMarks
  const status = isEnough ? (worst.bound > worst.limit ? 'broken' : 'good') : 'unknown'
  const [old, fresh] = [latencyQuantile(before, 0.95), latencyQuantile(now, 0.95)]
  const label = metric === 'latency' ? 'Latency' : 'First token'
  return {
    metric,
    status,
    baseline: old,
    candidate: fresh,
    unit: 'ms',
    bound: worst.bound,
    limit: worst.limit,
    text: `${label} p95: ${ms(fresh)} against ${ms(old)} before; surely at least ${percent(worst.bound)} take longer than ${ms(worst.markMs)}, allowed ${percent(worst.limit)}`,
  }
}

interface Tail {
  before: readonly number[]
  now: readonly number[]
  q: number
  /** Buckets by which the candidate may be slower. */
  shift: number
  alpha: number
}

function compareTail({ before, now, q, shift, alpha }: Tail) {
  const mark = bucketAt(before, q)
  const above = (histogram: readonly number[], bucket: number) => ({
    events: histogram.slice(bucket + 1).reduce((sum, n) => sum + n, 0),
    trials: total(histogram),
  })
  return {
    limit: proportionBounds(above(before, mark), alpha).upper,
    bound: proportionBounds(above(now, mark + shift), alpha).lower,
    markMs: latencyBucketBoundsMs[Math.min(mark + shift, latencyBucketBoundsMs.length - 1)] ?? null,
  }
}

function bucketAt(histogram: readonly number[], q: number): number {
  const rank = q * total(histogram)
  let seen = 0
  for (const [bucket, n] of histogram.entries()) {
    seen += n
    if (seen >= rank && seen > 0) return bucket
  }
  return 0
}

function total(histogram: readonly number[]): number {
  return histogram.reduce((sum, n) => sum + n, 0)
}

function raiseOdds(p: number, ratio: number): number {
  return (p * ratio) / (1 - p + p * ratio)
}

function rateOf({ requests, errors }: VersionCounts): number | null {
  return requests === 0 ? null : errors / requests
}

function percent(rate: number | null): string {
  return rate === null ? 'nothing' : `${(rate * 100).toFixed(2)} %`
}

function ms(value: number | null): string {
  return value === null ? 'nothing' : `${Math.round(value)} ms`
}
