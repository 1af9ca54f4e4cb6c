import type { MetricComparison } from '#lib/experiments/compare-metric'
import { metricDefinitions, showDifference, showMetric } from '#lib/experiments/experiment-metrics'
import type { ExperimentPlan } from '#lib/experiments/experiment-plan'
import type { ExperimentReading, TreatmentReading } from '#lib/experiments/judge-experiment'

/** A verdict for a person: what it says, and what is missing for a better one. */
export interface VerdictWords {
  sentence: string
  /** Null when nothing is. */
  missing: string | null
}

/** The reading in words, with the numbers. */
export function describeReading(plan: ExperimentPlan, reading: ExperimentReading): VerdictWords {
  const [first] = reading.treatments
  const told = reading.treatments.find(({ name }) => name === reading.winner) ?? closest(reading) ?? first
  if (reading.kind === 'mismatch') return mismatchWords(reading)
  if (!told) return { sentence: 'It has nothing to compare.', missing: null }
  return { sentence: sentenceOf(plan, reading, told), missing: missingOf(plan, reading, told) }
}

/** The treatment that is nearest to a verdict: the one with the narrowest interval; while units are missing, the one they miss most. */
function closest({ kind, treatments }: ExperimentReading): TreatmentReading | undefined {
  const collecting = treatments.filter(({ standing }) => standing === 'collecting')
  if (kind === 'collecting' && collecting.length > 0)
    return collecting.toSorted((a, b) => fewestUnitsOf(a) - fewestUnitsOf(b))[0]
  const width = ({ primary: { interval } }: TreatmentReading) =>
    interval ? interval.upper - interval.lower : Number.POSITIVE_INFINITY
  const going = treatments.filter(({ standing }) => standing !== 'stopped')
  return (going.length > 0 ? going : [...treatments]).toSorted((a, b) => width(a) - width(b))[0]
}

function mismatchWords({ sampleRatio }: ExperimentReading): VerdictWords {
  const groups = sampleRatio.groups
    .map(
      ({ variant, expected, units }) => `${variant} ${units} units instead of about ${Math.round(expected)}`,
    )
    .join(', ')
  return {
    sentence: `No verdict: units are not split as intended (p < 0.001): ${groups}.`,
    missing: 'Find out what keeps units away from a variant; what was measured so far cannot be trusted.',
  }
}

function sentenceOf(plan: ExperimentPlan, { kind }: ExperimentReading, told: TreatmentReading): string {
  const control = plan.variants[0]?.name ?? 'the control'
  const label = metricDefinitions[plan.primaryMetric].label.toLowerCase()
  const change = changeWords(told.primary)
  if (kind === 'winner') return `Ship ${told.name}: ${label} ${change} against ${control}.`
  if (told.broken) return `${told.name} is stopped: ${told.broken.text}.`
  if (kind === 'no_winner') return `Keep ${control}: ${told.name} has ${label} ${change}.`
  if (kind === 'no_difference')
    return `No difference that matters: ${told.name} has ${label} ${change} against ${control}.`
  if (kind === 'inconclusive') return `Inconclusive: ${told.name} has ${label} ${change} against ${control}.`
  return `Too early to say: ${unitsWords(plan, told)}.`
}

/** The difference and its interval, also as a share of the control's value. */
export function changeWords({ metric, control, difference, interval }: MetricComparison): string {
  const { unit } = metricDefinitions[metric]
  if (difference === null) return 'unknown'
  const share =
    control.mean !== null && control.mean > 0 ? ` (${signed((difference / control.mean) * 100)} %)` : ''
  const within = interval
    ? `, interval ${showDifference(interval.lower, unit)} to ${showDifference(interval.upper, unit)}`
    : ''
  return `${showDifference(difference, unit)}${share}${within}`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}

function fewestUnitsOf({ primary }: TreatmentReading): number {
  return Math.min(primary.control.units, primary.variant.units)
}

function unitsWords({ minimumUnits }: ExperimentPlan, told: TreatmentReading): string {
  const { primary } = told
  const label = metricDefinitions[primary.metric].label.toLowerCase()
  return `${fewestUnitsOf(told)} of at least ${minimumUnits} units in each variant have a value of ${label}`
}

function missingOf(plan: ExperimentPlan, { kind }: ExperimentReading, told: TreatmentReading): string | null {
  if (kind !== 'inconclusive' && kind !== 'collecting') return null
  const doubtful = told.guardrails.find(({ status }) => status === 'doubtful')
  const { primary, power } = told
  if (kind === 'collecting') return 'More units, and values of the metric that decides.'
  if (doubtful && isGain(primary)) return `It looks worse elsewhere: ${doubtful.text}.`
  if (!power) return 'A value of the control other than 0, against which a change could be measured.'
  const { unit } = metricDefinitions[primary.metric]
  const effect = showMetric(primary.minimumDifference ?? 0, unit)
  const share = Math.round(plan.power * 100)
  if (power.remainingMs === 0)
    return `Enough was measured to notice a change of ${effect} with a chance of ${share} %; a smaller one takes longer.`
  const wait = power.remainingMs === null ? '' : `, about ${showSpan(power.remainingMs)} at this pace`
  return `About ${(power.unitsNeeded - power.units).toLocaleString('en')} more units to notice a change of ${effect} with a chance of ${share} %${wait}.`
}

function isGain({ metric, interval }: MetricComparison): boolean {
  if (!interval) return false
  return metricDefinitions[metric].better === 'higher' ? interval.lower > 0 : interval.upper < 0
}

/** A span of time as a person says it, in its two largest units at most. */
export function showSpan(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 6) / 10
  if (hours < 48) return `${hours} h`
  return `${(hours / 24).toFixed(1)} days`
}
