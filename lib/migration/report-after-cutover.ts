import { histogramQuantile, histogramTotal } from '#lib/traffic/ratio-histogram'
import type { ArmCounts } from '#lib/traffic/rollout-observation'
import type { StoredBaseline } from '#lib/traffic/stored-baseline'

export const afterMetrics = [
  'error_rate',
  'refusal_rate',
  'latency_p50',
  'latency_p95',
  'first_token_p50',
  'first_token_p95',
  'cost',
  'quality',
] as const
export type AfterMetric = (typeof afterMetrics)[number]

/** What a route did after nobody watched its rollout any more, as far as roll-ups tell. */
export interface SinceWatched {
  requests: number
  errors: number
  /** 10⁻¹² USD of those with a price, and how many these are. */
  costPicoUsd: bigint
  priced: number
}

/** One metric of a route before and after: null where nothing was measured. */
export interface AfterRow {
  metric: AfterMetric
  unit: 'rate' | 'ms' | 'usd' | 'score'
  /** Of the old provider, frozen when it lost the last of its traffic. */
  before: number | null
  /** Of the candidate, with all the traffic and under guardrails. */
  atFull: number | null
  /** Of the candidate since then. */
  since: number | null
  /** The latest of both against before: 0.1 = 10 % more; null when one is missing or nothing was before. */
  change: number | null
}

const units: Readonly<Record<AfterMetric, AfterRow['unit']>> = {
  error_rate: 'rate',
  refusal_rate: 'rate',
  latency_p50: 'ms',
  latency_p95: 'ms',
  first_token_p50: 'ms',
  first_token_p95: 'ms',
  cost: 'usd',
  quality: 'score',
}

/** Every metric of a route against its frozen baseline, in their order. `since` is null while it is watched. */
export function reportAfterCutover(
  { baseline, candidate }: StoredBaseline,
  since: SinceWatched | null,
): AfterRow[] {
  return afterMetrics.map((metric) => {
    const [before, atFull] = [measured(baseline, metric), measured(candidate, metric)]
    const later = since && sinceOf(since, metric)
    const latest = later ?? atFull
    const change = before === null || before === 0 || latest === null ? null : latest / before - 1
    return { metric, unit: units[metric], before, atFull, since: later, change }
  })
}

function measured(counts: ArmCounts, metric: AfterMetric): number | null {
  const { requests, errors, refusals, scores, scoreSum } = counts
  if (metric === 'error_rate') return requests === 0 ? null : errors / requests
  if (metric === 'refusal_rate') return requests === 0 ? null : refusals / requests
  if (metric === 'quality') return scores === 0 ? null : scoreSum / scores
  if (metric === 'cost') {
    const priced = histogramTotal(counts.costNanoUsd)
    return priced === 0 ? null : counts.costSumNanoUsd / priced / 1e9
  }
  const histogram = metric.startsWith('latency') ? counts.latencyMs : counts.firstTokenMs
  return histogramQuantile(histogram, metric.endsWith('p95') ? 0.95 : 0.5)
}

function sinceOf(
  { requests, errors, costPicoUsd, priced }: SinceWatched,
  metric: AfterMetric,
): number | null {
  if (metric === 'error_rate') return requests === 0 ? null : errors / requests
  if (metric === 'cost') return priced === 0 ? null : Number(costPicoUsd) / priced / 1e12
  return null
}
