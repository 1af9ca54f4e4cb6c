import { lnSumExp } from '#lib/experiments/odds-evidence'
import { lnStoredOddsEvidence } from '#lib/experiments/stored-evidence'
import { bucketsOf, countAbove, histogramTotal, quantileBucket } from '#lib/traffic/ratio-histogram'
import type { ArmCounts } from '#lib/traffic/rollout-observation'
import type { Guardrail } from '#lib/traffic/rollout-plan'

/** What a candidate with all the traffic is held against: the baseline as it was when it lost the last of it. */
export interface StoredBaseline {
  /** Everything the baseline did up to then; never changed afterwards. */
  baseline: ArmCounts
  /** What the candidate did since, while it had all the traffic. */
  candidate: ArmCounts
}

/** The stored values that must be known before their middle and tail are used as marks. */
const fewestForMarks = 100

/** Logarithm of the evidence that the candidate is worse than the guardrail allows, against the stored baseline. */
export function lnStoredHarm(
  { baseline, candidate }: StoredBaseline,
  { metric, limitRatio }: Guardrail,
): number {
  const rates = (field: 'errors' | 'refusals') =>
    lnStoredOddsEvidence(
      {
        stored: { trials: baseline.requests, events: baseline[field] },
        fresh: { trials: candidate.requests, events: candidate[field] },
      },
      limitRatio,
    )
  if (metric === 'error_rate') return rates('errors')
  if (metric === 'refusal_rate') return rates('refusals')
  if (metric === 'quality') return qualityHarm({ baseline, candidate }, limitRatio)
  const column = ({ latency: 'latencyMs', first_token: 'firstTokenMs', cost: 'costNanoUsd' } as const)[metric]
  return tailHarm({ baseline, candidate }, column, limitRatio)
}

/**
 * How often the candidate exceeds the raised middle and the raised 95th percentile. That the marks are the sample's own
 * makes its shares above them as uncertain as counts above a given mark are.
 */
function tailHarm(
  { baseline, candidate }: StoredBaseline,
  column: 'latencyMs' | 'firstTokenMs' | 'costNanoUsd',
  limitRatio: number,
): number {
  const [seen, fresh] = [baseline[column], candidate[column]]
  if (histogramTotal(seen) < fewestForMarks) return 0
  const allowed = bucketsOf(limitRatio)
  const exceeding = (q: number) => {
    const mark = quantileBucket(seen, q) ?? 0
    return lnStoredOddsEvidence(
      {
        stored: { trials: histogramTotal(seen), events: countAbove(seen, mark) },
        fresh: { trials: histogramTotal(fresh), events: countAbove(fresh, mark + allowed) },
      },
      1,
    )
  }
  return lnSumExp([exceeding(0.5), exceeding(0.95)]) - Math.LN2
}

/**
 * Scores 0–1 as parts of events: what falls short of 1. The bound for events holds for them too, because a likelihood
 * ratio of events is convex in the event. The ratio of means that is allowed becomes one of odds at the stored mean.
 */
function qualityHarm({ baseline, candidate }: StoredBaseline, limitRatio: number): number {
  const mean = baseline.scores === 0 ? 0 : baseline.scoreSum / baseline.scores
  if (mean <= 0 || mean >= 1) return 0
  const allowed = mean / limitRatio
  const limit = ((1 - allowed) / allowed) * (mean / (1 - mean))
  const shortfall = ({ scores, scoreSum }: ArmCounts) => ({ trials: scores, events: scores - scoreSum })
  return lnStoredOddsEvidence({ stored: shortfall(baseline), fresh: shortfall(candidate) }, limit)
}
