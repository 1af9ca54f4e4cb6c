import {
  addMeanBlock,
  lnMeanEvidence,
  type MeanEvidence,
  noMeanEvidence,
} from '#lib/experiments/mean-evidence'
import {
  addStratum,
  lnOddsEvidence,
  lnSumExp,
  noOddsEvidence,
  type OddsEvidence,
} from '#lib/experiments/odds-evidence'
import {
  bucketsOf,
  countAbove,
  histogramTotal,
  mergeHistograms,
  quantileBucket,
  type RatioHistogram,
} from '#lib/traffic/ratio-histogram'
import type { RolloutSpan } from '#lib/traffic/rollout-observation'
import type { Guardrail, GuardrailMetric, RolloutPlan } from '#lib/traffic/rollout-plan'

/** How often values lie above the baseline's middle and above its 95th percentile, as the baseline was before each span. */
interface TailEvidence {
  seen: RatioHistogram
  middle: OddsEvidence
  tail: OddsEvidence
}

/** All that is kept of a rollout's past for its guardrails, as JSON. */
export interface RolloutEvidence {
  errors: OddsEvidence
  refusals: OddsEvidence
  latency: TailEvidence
  firstToken: TailEvidence
  cost: TailEvidence
  quality: MeanEvidence
}

const noTail: TailEvidence = { seen: {}, middle: noOddsEvidence, tail: noOddsEvidence }

export const noRolloutEvidence: RolloutEvidence = {
  errors: noOddsEvidence,
  refusals: noOddsEvidence,
  latency: noTail,
  firstToken: noTail,
  cost: noTail,
  quality: noMeanEvidence,
}

/** The baseline's values that must be known before its middle and tail are used as marks. */
const fewestForMarks = 100

/**
 * Takes one span into account. Spans are cut by the clock, never by what happened in them; marks come from earlier spans,
 * so each span is a fair game for a candidate that is no worse. The plan's limits must stay the same.
 */
export function addSpan(evidence: RolloutEvidence, span: RolloutSpan, plan: RolloutPlan): RolloutEvidence {
  const { baseline, candidate } = span
  const rates = (field: 'errors' | 'refusals') =>
    addStratum(evidence[field], {
      baseline: { trials: baseline.requests, events: baseline[field] },
      candidate: { trials: candidate.requests, events: candidate[field] },
    })
  const values = (
    field: 'latency' | 'firstToken' | 'cost',
    column: 'latencyMs' | 'firstTokenMs' | 'costNanoUsd',
  ) =>
    addTail(evidence[field], {
      baseline: baseline[column],
      candidate: candidate[column],
      allowed: bucketsOf(limitOf(plan, metricOf[field])),
    })
  return {
    errors: rates('errors'),
    refusals: rates('refusals'),
    latency: values('latency', 'latencyMs'),
    firstToken: values('firstToken', 'firstTokenMs'),
    cost: values('cost', 'costNanoUsd'),
    quality: addQuality(evidence.quality, span, limitOf(plan, 'quality')),
  }
}

const metricOf = { latency: 'latency', firstToken: 'first_token', cost: 'cost' } as const

function limitOf(plan: RolloutPlan, metric: GuardrailMetric): number {
  return plan.guardrails.find((guardrail) => guardrail.metric === metric)?.limitRatio ?? 1
}

/** A candidate that is at most the limit slower exceeds the raised mark at most as often as the baseline the plain one. */
function addTail(
  { seen, middle, tail }: TailEvidence,
  span: { baseline: RatioHistogram; candidate: RatioHistogram; allowed: number },
): TailEvidence {
  const known = mergeHistograms(seen, span.baseline)
  if (histogramTotal(seen) < fewestForMarks) return { seen: known, middle, tail }
  const exceeding = (evidence: OddsEvidence, q: number) => {
    const mark = quantileBucket(seen, q) ?? 0
    const counts = (histogram: RatioHistogram, above: number) => ({
      trials: histogramTotal(histogram),
      events: countAbove(histogram, above),
    })
    return addStratum(evidence, {
      baseline: counts(span.baseline, mark),
      candidate: counts(span.candidate, mark + span.allowed),
    })
  }
  return { seen: known, middle: exceeding(middle, 0.5), tail: exceeding(tail, 0.95) }
}

function addQuality(
  evidence: MeanEvidence,
  { baseline, candidate }: RolloutSpan,
  limit: number,
): MeanEvidence {
  if (baseline.scores === 0 || candidate.scores === 0) return evidence
  const old = baseline.scoreSum / baseline.scores / limit
  return addMeanBlock(evidence, { excess: old - candidate.scoreSum / candidate.scores, floor: 1 })
}

/** Logarithm of the evidence that the candidate is worse than the guardrail allows. */
export function lnHarmEvidence(evidence: RolloutEvidence, { metric, limitRatio }: Guardrail): number {
  if (metric === 'error_rate') return lnOddsEvidence(evidence.errors, limitRatio)
  if (metric === 'refusal_rate') return lnOddsEvidence(evidence.refusals, limitRatio)
  if (metric === 'quality') return lnMeanEvidence(evidence.quality)
  const tail = { latency: evidence.latency, first_token: evidence.firstToken, cost: evidence.cost }[metric]
  return lnSumExp([lnOddsEvidence(tail.middle, 1), lnOddsEvidence(tail.tail, 1)]) - Math.LN2
}
