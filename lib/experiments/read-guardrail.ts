import { fewestUnits, inUnit } from '#lib/experiments/compare-metric'
import { type ExperimentMetric, metricDefinitions, showMetric } from '#lib/experiments/experiment-metrics'
import type { ExperimentGuardrail } from '#lib/experiments/experiment-plan'
import type { CountedEvidence, VariantSamples } from '#lib/experiments/experiment-samples'
import { lnOddsEvidence } from '#lib/experiments/odds-evidence'
import { lnPositiveEvidence } from '#lib/experiments/sequential-bounds'
import { type MeanEstimate, ratioEstimate, type UnitSample } from '#lib/experiments/unit-sample'

/** A guardrail of one variant at one moment, and how sure it is that its limit is exceeded. */
export interface ExperimentGuardrailReading {
  metric: ExperimentMetric
  /** `unknown` below the minimum sample; `doubtful` looks worse than allowed, on weak evidence; `broken` is proven. */
  status: 'unknown' | 'good' | 'doubtful' | 'broken'
  control: number | null
  variant: number | null
  limitRatio: number
  /** Natural logarithms: the evidence of harm, and the limit at which the variant is stopped. */
  lnEvidence: number
  lnLimit: number
  /** For a person, with the numbers. */
  text: string
}

export interface GuardrailSight {
  guardrail: ExperimentGuardrail
  control: VariantSamples
  variant: VariantSamples
  counted: CountedEvidence
  /** Its own chance of a false alarm. */
  alpha: number
}

/**
 * Reads one guardrail of one variant. Rates by exact evidence on the odds, minute by minute, so that an incident which hits
 * both sides counts for neither; the others by the scatter between units.
 */
export function readGuardrail(sight: GuardrailSight): ExperimentGuardrailReading {
  const { metric, limitRatio } = sight.guardrail
  const definition = metricDefinitions[metric]
  const control = inUnit(sight.control.metrics[metric], metric)
  const variant = inUnit(sight.variant.metrics[metric], metric)
  const isKnown = Math.min(control.units, variant.units) >= fewestUnits
  const [before, after] = [meanOf(control), meanOf(variant)]
  const lnEvidence = isKnown ? harmEvidence(sight, { control, variant }) : 0
  const lnLimit = Math.log(1 / sight.alpha)
  const seen = { before, after, limitRatio, better: definition.better }
  const share = Math.min(100, Math.max(0, Math.floor((lnEvidence / lnLimit) * 100)))
  const show = (value: number | null) => (value === null ? 'nothing yet' : showMetric(value, definition.unit))
  return {
    metric,
    status: isKnown ? judge(lnEvidence >= lnLimit, isWorse(seen)) : 'unknown',
    control: before,
    variant: after,
    limitRatio,
    lnEvidence,
    lnLimit,
    text: `${definition.label}: ${show(after)} against ${show(before)}; evidence of harm ${share} % of what stops it`,
  }
}

function judge(isBroken: boolean, isWorseNow: boolean): ExperimentGuardrailReading['status'] {
  if (isBroken) return 'broken'
  return isWorseNow ? 'doubtful' : 'good'
}

function meanOf({ count, sum }: UnitSample): number | null {
  return count > 0 ? sum / count : null
}

function isWorse(seen: {
  before: number | null
  after: number | null
  limitRatio: number
  better: 'lower' | 'higher'
}): boolean {
  const { before, after, limitRatio, better } = seen
  if (before === null || after === null) return false
  return better === 'lower' ? after > before * limitRatio : after * limitRatio < before
}

function harmEvidence(
  { guardrail, counted }: GuardrailSight,
  sides: { control: UnitSample; variant: UnitSample },
): number {
  const { metric, limitRatio } = guardrail
  if (metric === 'error_rate' || metric === 'refusal_rate') return lnOddsEvidence(counted[metric], limitRatio)
  const range = metricDefinitions[metric].range
  const [old, fresh] = [ratioEstimate(sides.control, range), ratioEstimate(sides.variant, range)]
  if (!old || !fresh || old.mean <= 0) return 0
  const excess =
    metricDefinitions[metric].better === 'lower'
      ? excessOf(fresh, old, limitRatio)
      : excessOf(old, fresh, limitRatio)
  return lnPositiveEvidence(excess, old.mean * typicalHarm)
}

/** Harm that the evidence bets on: beyond the limit by this share of the control's mean. */
const typicalHarm = 0.2

/** By how much `worse` exceeds `limitRatio` times `other`. */
function excessOf(worse: MeanEstimate, other: MeanEstimate, limitRatio: number): MeanEstimate {
  return {
    mean: worse.mean - limitRatio * other.mean,
    variance: worse.variance + limitRatio ** 2 * other.variance,
  }
}
