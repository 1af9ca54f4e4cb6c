import { compareMetric, type MetricComparison } from '#lib/experiments/compare-metric'
import { metricDefinitions } from '#lib/experiments/experiment-metrics'
import { type ExperimentPlan, treatmentsOf } from '#lib/experiments/experiment-plan'
import {
  type CountedEvidence,
  noCountedEvidence,
  noVariantSamples,
  type VariantSamples,
} from '#lib/experiments/experiment-samples'
import { type ExperimentGuardrailReading, readGuardrail } from '#lib/experiments/read-guardrail'
import { hasSampleRatioMismatch, lnSampleRatioEvidence } from '#lib/experiments/sample-ratio'
import { powerAt, varianceNeeded } from '#lib/experiments/sequential-bounds'

/** Everything that an experiment's verdict depends on. */
export interface ExperimentSituation {
  plan: ExperimentPlan
  /** By variant. */
  samples: Readonly<Record<string, VariantSamples>>
  /** By treatment. */
  counted: Readonly<Record<string, CountedEvidence>>
  /** Treatments that were taken out of the experiment. */
  stopped: ReadonlySet<string>
  /** How long it has been running, in milliseconds. */
  ranForMs: number
}

/** How far the experiment has come towards noticing the smallest change that matters. */
export interface PowerReading {
  /** Chance that such a change would have been noticed by now, 0–1. */
  power: number
  /** Units of both sides that it takes, and those that are there. */
  unitsNeeded: number
  units: number
  /** Until it is reached at the pace so far; 0 = it is. Null while there is no pace. */
  remainingMs: number | null
}

export type TreatmentStanding =
  | 'collecting'
  | 'better'
  | 'worse'
  | 'no_difference'
  | 'inconclusive'
  | 'stopped'

/** What the evidence says of one treatment. */
export interface TreatmentReading {
  name: string
  standing: TreatmentStanding
  primary: MetricComparison
  guardrails: readonly ExperimentGuardrailReading[]
  /** The guardrail that stops it now; null = none. */
  broken: ExperimentGuardrailReading | null
  /** Null while there is too little to say. */
  power: PowerReading | null
}

export interface SampleRatioReading {
  isMismatched: boolean
  /** Natural logarithm of the evidence of a mismatch, and the limit at which it holds the verdict. */
  lnEvidence: number
  lnLimit: number
  groups: readonly { variant: string; expected: number; units: number }[]
}

export type ExperimentVerdictKind =
  | 'collecting'
  | 'mismatch'
  | 'winner'
  | 'no_winner'
  | 'no_difference'
  | 'inconclusive'

export interface ExperimentReading {
  kind: ExperimentVerdictKind
  /** The treatment to be shipped; null = none. */
  winner: string | null
  treatments: readonly TreatmentReading[]
  sampleRatio: SampleRatioReading
}

const mismatchAlpha = 0.001

/**
 * What an experiment says at this moment; it may be asked at any time and as often as one likes. Several treatments share
 * the chance of an error equally (Bonferroni), and so do the guardrails theirs. A mismatch of the sample holds the verdict,
 * but never a guardrail: who harms is stopped all the same.
 */
export function judgeExperiment(situation: ExperimentSituation): ExperimentReading {
  const treatments = treatmentsOf(situation.plan).map(({ name }) => readTreatment(situation, name))
  const sampleRatio = readSampleRatio(situation)
  const best = treatments.filter(({ standing }) => standing === 'better').toSorted(byGain(situation.plan))[0]
  return {
    kind: sampleRatio.isMismatched ? 'mismatch' : kindOf(treatments),
    winner: sampleRatio.isMismatched ? null : (best?.name ?? null),
    treatments,
    sampleRatio,
  }
}

function kindOf(treatments: readonly TreatmentReading[]): ExperimentVerdictKind {
  const standings = treatments.map(({ standing }) => standing)
  const all = (...wanted: TreatmentStanding[]) => standings.every((one) => wanted.includes(one))
  if (standings.includes('better')) return 'winner'
  if (all('worse', 'stopped')) return 'no_winner'
  if (all('worse', 'stopped', 'no_difference')) return 'no_difference'
  return standings.includes('inconclusive') ? 'inconclusive' : 'collecting'
}

function byGain({ primaryMetric }: ExperimentPlan) {
  const sign = metricDefinitions[primaryMetric].better === 'higher' ? 1 : -1
  return (a: TreatmentReading, b: TreatmentReading) =>
    sign * ((b.primary.difference ?? 0) - (a.primary.difference ?? 0))
}

function readTreatment(situation: ExperimentSituation, name: string): TreatmentReading {
  const { plan, samples, counted, stopped } = situation
  const control = samples[plan.variants[0]?.name ?? ''] ?? noVariantSamples
  const variant = samples[name] ?? noVariantSamples
  const among = Math.max(1, plan.variants.length - 1)
  const primary = compareMetric({
    metric: plan.primaryMetric,
    control: control.metrics[plan.primaryMetric],
    variant: variant.metrics[plan.primaryMetric],
    alpha: plan.alpha / among,
    minimumEffect: plan.minimumEffect,
    minimumUnits: plan.minimumUnits,
  })
  const guardrails = plan.guardrails.map((guardrail) =>
    readGuardrail({
      guardrail,
      control,
      variant,
      counted: counted[name] ?? noCountedEvidence,
      alpha: plan.guardrailAlpha / among / plan.guardrails.length,
    }),
  )
  const broken = guardrails.find(({ status }) => status === 'broken') ?? null
  const standing = stopped.has(name) || broken ? 'stopped' : standingOf(primary, guardrails)
  return { name, standing, primary, guardrails, broken, power: powerOf(situation, primary) }
}

/** Who looks worse on a guardrail is no winner yet, however well it does otherwise. */
function standingOf(
  { metric, interval, minimumDifference }: MetricComparison,
  guardrails: readonly ExperimentGuardrailReading[],
): TreatmentStanding {
  if (!interval) return 'collecting'
  const isHigherBetter = metricDefinitions[metric].better === 'higher'
  const gained = isHigherBetter ? interval.lower > 0 : interval.upper < 0
  const lost = isHigherBetter ? interval.upper < 0 : interval.lower > 0
  if (lost) return 'worse'
  if (gained) return guardrails.some(({ status }) => status === 'doubtful') ? 'inconclusive' : 'better'
  const matters = minimumDifference ?? 0
  return interval.lower > -matters && interval.upper < matters ? 'no_difference' : 'inconclusive'
}

function powerOf({ plan, ranForMs }: ExperimentSituation, primary: MetricComparison): PowerReading | null {
  const { variance, minimumDifference, control, variant } = primary
  if (variance === null || minimumDifference === null) return null
  const alpha = plan.alpha / Math.max(1, plan.variants.length - 1)
  const needed = varianceNeeded({ effect: minimumDifference, alpha, power: plan.power })
  const units = control.units + variant.units
  const times = variance / needed
  return {
    power: powerAt(variance, { effect: minimumDifference, alpha }),
    unitsNeeded: Math.ceil(units * times),
    units,
    remainingMs: ranForMs > 0 ? Math.max(0, Math.round(ranForMs * (times - 1))) : null,
  }
}

function readSampleRatio({ plan, samples, stopped }: ExperimentSituation): SampleRatioReading {
  const groups = plan.variants
    .filter(({ name }) => !stopped.has(name))
    .map(({ name, weightBps }) => ({ name, weight: weightBps, units: samples[name]?.exposures ?? 0 }))
  const units = groups.reduce((sum, group) => sum + group.units, 0)
  const weight = groups.reduce((sum, group) => sum + group.weight, 0)
  return {
    isMismatched: hasSampleRatioMismatch(groups, mismatchAlpha),
    lnEvidence: lnSampleRatioEvidence(groups),
    lnLimit: Math.log(1 / mismatchAlpha),
    groups: groups.map((group) => ({
      variant: group.name,
      expected: (units * group.weight) / weight,
      units: group.units,
    })),
  }
}
