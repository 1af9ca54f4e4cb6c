import { lnSumExp } from '#lib/experiments/odds-evidence'
import { histogramQuantile, histogramTotal } from '#lib/traffic/ratio-histogram'
import { lnHarmEvidence, type RolloutEvidence } from '#lib/traffic/rollout-evidence'
import type { ArmCounts, RolloutSpan } from '#lib/traffic/rollout-observation'
import { alphaOf, type Guardrail, type GuardrailMetric, type RolloutPlan } from '#lib/traffic/rollout-plan'
import { lnStoredHarm, type StoredBaseline } from '#lib/traffic/stored-baseline'

/** A guardrail at one moment: the two sides, how much worse is allowed, and how sure it is that this is exceeded. */
export interface GuardrailReading {
  metric: GuardrailMetric
  /**
   * `unknown` below the minimum sample; `doubtful` looks worse than allowed, on weak evidence; `worse` on half of what
   * rolls back; `broken` is proven.
   */
  status: 'unknown' | 'good' | 'doubtful' | 'worse' | 'broken'
  /** Null while there is nothing to measure. Rates and quality 0–1, times in ms at the 95th percentile, cost in USD. */
  baseline: number | null
  candidate: number | null
  unit: 'rate' | 'ms' | 'usd' | 'score'
  limitRatio: number
  /** Natural logarithms: the evidence of harm, and the limit at which it rolls back. */
  lnEvidence: number
  lnLimit: number
  /** For a person, with the numbers. */
  text: string
}

/** What guardrails are read from. */
export interface GuardrailSight {
  plan: RolloutPlan
  evidence: RolloutEvidence
  /** Both sides since the rollout began. */
  whole: RolloutSpan
  /** Null until the candidate has all the traffic for the first time. */
  stored: StoredBaseline | null
}

/** Part of a guardrail's chance of a false alarm that is kept for the time after 100 %. */
const storedPart = 0.1

/** Reads one guardrail over the whole rollout, or, once the candidate has all the traffic, over the time since. */
export function readGuardrail(sight: GuardrailSight, guardrail: Guardrail): GuardrailReading {
  const { plan } = sight
  const { metric, limitRatio } = guardrail
  const { value, unit, label, samples } = measures[metric]
  const sides = sight.stored ?? sight.whole
  const [baseline, candidate] = [value(sides.baseline), value(sides.candidate)]
  const lnEvidence = lnHarm(sight, guardrail)
  const lnLimit = Math.log(1 / alphaOf(plan, guardrail))
  const isEnough = samples(sides.candidate) >= plan.minimumEvidenceRequests
  const looksWorse = isEnough && exceeds({ metric, baseline, candidate, limitRatio })
  const status = judge({
    isKnown: isEnough && baseline !== null && candidate !== null,
    looksWorse,
    ofLimit: lnEvidence / lnLimit,
  })
  const share = Math.max(0, Math.round((lnEvidence / lnLimit) * 100))
  const text = `${label}: ${show(candidate, unit)} against ${show(baseline, unit)}; evidence of harm ${share} % of what rolls back`
  return { metric, status, baseline, candidate, unit, limitRatio, lnEvidence, lnLimit, text }
}

/** The average of two bets, one on either time: together they are wrong no more often than one. */
function lnHarm({ evidence, stored }: GuardrailSight, guardrail: Guardrail): number {
  const side = Math.log1p(-storedPart) + lnHarmEvidence(evidence, guardrail)
  return lnSumExp([side, Math.log(storedPart) + (stored ? lnStoredHarm(stored, guardrail) : 0)])
}

function judge(seen: { isKnown: boolean; looksWorse: boolean; ofLimit: number }): GuardrailReading['status'] {
  if (!seen.isKnown) return 'unknown'
  if (seen.ofLimit >= 1) return 'broken'
  if (!seen.looksWorse) return 'good'
  return seen.ofLimit >= 0.5 ? 'worse' : 'doubtful'
}

interface Measure {
  label: string
  unit: GuardrailReading['unit']
  value(counts: ArmCounts): number | null
  /** How many values there are. */
  samples(counts: ArmCounts): number
}

const rate = (field: 'errors' | 'refusals'): Pick<Measure, 'value' | 'samples' | 'unit'> => ({
  unit: 'rate',
  value: (counts) => (counts.requests === 0 ? null : counts[field] / counts.requests),
  samples: ({ requests }) => requests,
})

const time = (field: 'latencyMs' | 'firstTokenMs'): Pick<Measure, 'value' | 'samples' | 'unit'> => ({
  unit: 'ms',
  value: (counts) => histogramQuantile(counts[field], 0.95),
  samples: (counts) => histogramTotal(counts[field]),
})

const measures: Readonly<Record<GuardrailMetric, Measure>> = {
  error_rate: { label: 'Errors', ...rate('errors') },
  refusal_rate: { label: 'Refusals', ...rate('refusals') },
  latency: { label: 'Latency p95', ...time('latencyMs') },
  first_token: { label: 'First token p95', ...time('firstTokenMs') },
  cost: {
    label: 'Cost per request',
    unit: 'usd',
    value: (counts) => {
      const priced = histogramTotal(counts.costNanoUsd)
      return priced === 0 ? null : counts.costSumNanoUsd / priced / 1e9
    },
    samples: (counts) => histogramTotal(counts.costNanoUsd),
  },
  quality: {
    label: 'Quality',
    unit: 'score',
    value: ({ scores, scoreSum }) => (scores === 0 ? null : scoreSum / scores),
    samples: ({ scores }) => scores,
  },
}

function exceeds(read: {
  metric: GuardrailMetric
  baseline: number | null
  candidate: number | null
  limitRatio: number
}): boolean {
  const { metric, baseline, candidate, limitRatio } = read
  if (baseline === null || candidate === null) return false
  if (metric === 'quality') return candidate * limitRatio < baseline
  return candidate > baseline * limitRatio
}

function show(value: number | null, unit: GuardrailReading['unit']): string {
  if (value === null) return 'nothing yet'
  if (unit === 'rate') return `${(value * 100).toFixed(2)} %`
  if (unit === 'ms') return `${Math.round(value)} ms`
  return unit === 'usd' ? `$${value.toPrecision(3)}` : value.toFixed(3)
}
