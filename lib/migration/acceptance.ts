import type { Interval } from '#lib/experiments/interval'
import type { MeasureName, ReplayReport } from '#lib/migration/replay-report'

interface Criterion {
  measure: MeasureName | 'pairs'
  /** Whether the value must be at most or at least the limit. */
  must: 'at_most' | 'at_least'
  /** Null = not judged unless a limit is given. */
  limit: number | null
  text: string
}

/** What a replay is judged by, by the names of the limits. */
export const acceptanceCriteria = {
  'min-pairs': { measure: 'pairs', must: 'at_least', limit: 20, text: 'requests that were asked of both' },
  'min-parity': {
    measure: 'parity',
    must: 'at_least',
    limit: 0.9,
    text: 'share of the pairs that are alike',
  },
  'max-errors': { measure: 'errors', must: 'at_most', limit: 0.01, text: 'share of errors, difference' },
  'max-refusals': {
    measure: 'refusals',
    must: 'at_most',
    limit: 0.02,
    text: 'share of refusals, difference',
  },
  'max-invalid-json': {
    measure: 'invalid_json',
    must: 'at_most',
    limit: 0.01,
    text: 'share of broken JSON where JSON was due, difference',
  },
  'max-distance': {
    measure: 'distance',
    must: 'at_most',
    limit: null,
    text: 'distance of the embeddings, median; depends on the model of the embeddings',
  },
  'max-latency': { measure: 'latency_p95', must: 'at_most', limit: 1.2, text: 'p95 of the latency, ratio' },
  'max-first-token': {
    measure: 'first_token_p95',
    must: 'at_most',
    limit: 1.2,
    text: 'p95 of the time to first token, ratio',
  },
  'max-cost': { measure: 'cost', must: 'at_most', limit: 1.1, text: 'mean cost, ratio' },
  'min-quality': { measure: 'quality', must: 'at_least', limit: -0.02, text: 'mean quality, difference' },
} as const satisfies Readonly<Record<string, Criterion>>

export type CriterionName = keyof typeof acceptanceCriteria

export interface CriterionResult {
  name: CriterionName
  limit: number
  must: Criterion['must']
  value: number | null
  interval: Interval | null
  status: 'passed' | 'failed' | 'no_data'
  /** The whole interval is on that side of the limit. */
  isCertain: boolean
}

export interface AcceptanceOptions {
  /** Limits that were asked for: these fail without data, the built-in ones then say so. */
  limits: Readonly<Partial<Record<CriterionName, number>>>
  /** A value within its limit passes only if its whole interval is. */
  needsCertainty: boolean
}

/** Judges every criterion that has a limit, in their order. */
export function judgeReplay(
  report: ReplayReport,
  { limits, needsCertainty }: AcceptanceOptions,
): CriterionResult[] {
  const names = Object.keys(acceptanceCriteria) as CriterionName[]
  return names.flatMap((name): CriterionResult[] => {
    const { measure, must, limit: builtIn } = acceptanceCriteria[name]
    const limit = limits[name] ?? builtIn
    if (limit === null) return []
    const { value, interval } = readMeasure(report, measure)
    const holds = (at: number) => (must === 'at_most' ? at <= limit : at >= limit)
    if (value === null) {
      const status = limits[name] === undefined ? 'no_data' : 'failed'
      return [{ name, limit, must, value, interval, status, isCertain: false }]
    }
    const ends = interval ? [interval.lower, interval.upper].map(holds) : [holds(value)]
    const isCertain = ends.every((end) => end === holds(value))
    const isPassed = holds(value) && (isCertain || !needsCertainty)
    return [{ name, limit, must, value, interval, status: isPassed ? 'passed' : 'failed', isCertain }]
  })
}

function readMeasure(report: ReplayReport, name: MeasureName | 'pairs') {
  if (name === 'pairs') return { value: report.pairs, interval: null }
  const measure = report.measures.find((one) => one.name === name)
  return { value: measure?.value ?? null, interval: measure?.interval ?? null }
}
