import { type ExperimentMetric, metricDefinitions } from '#lib/experiments/experiment-metrics'
import type { Interval } from '#lib/experiments/interval'
import { proportionBounds } from '#lib/experiments/proportion-bounds'
import { proportionDifference } from '#lib/experiments/proportion-difference'
import { sequentialInterval } from '#lib/experiments/sequential-bounds'
import { type MeanEstimate, ratioEstimate, type UnitSample } from '#lib/experiments/unit-sample'

/** One side of a comparison, in the metric's unit. */
export interface MetricSide {
  units: number
  /** Requests, answers or scores behind it. */
  count: number
  /** Null while there is nothing to divide by. */
  mean: number | null
  /** Of the mean; null below the minimum of units. */
  interval: Interval | null
}

/** A variant against the control, in the metric's unit. */
export interface MetricComparison {
  metric: ExperimentMetric
  control: MetricSide
  variant: MetricSide
  /** Variant − control; null while one side has nothing. */
  difference: number | null
  /** Confidence sequence of the difference; null below the minimum of units. */
  interval: Interval | null
  /** Variance of the difference between units; null likewise. */
  variance: number | null
  /** The smallest difference that matters; null while the control has no value. */
  minimumDifference: number | null
}

export interface CompareOptions {
  metric: ExperimentMetric
  control: UnitSample
  variant: UnitSample
  /** Chance to ever miss the difference. */
  alpha: number
  /** As a share of the control's mean. */
  minimumEffect: number
  /** Fewer units on a side say nothing. */
  minimumUnits: number
}

/** Fewer than this many units are too few for a sum to behave like one, whoever asks. */
export const fewestUnits = 30

/**
 * Compares a variant with the control. Rates get the wider of two intervals: the one between units, which knows that the
 * requests of one creator belong together, and the exact one of counts, which knows how little a handful of events says.
 */
export function compareMetric(options: CompareOptions): MetricComparison {
  const { metric, alpha, minimumUnits } = options
  const [control, variant] = [inUnit(options.control, metric), inUnit(options.variant, metric)]
  const { range, factor } = metricDefinitions[metric]
  const width = range === null || isRate(metric) ? null : range * factor
  const [old, fresh] = [ratioEstimate(control, width), ratioEstimate(variant, width)]
  const side = (sample: UnitSample, estimate: MeanEstimate | null) => sideOf(options, sample, estimate)
  const minimumDifference = old && old.mean > 0 ? old.mean * options.minimumEffect : null
  const isEnough = Math.min(control.units, variant.units) >= Math.max(fewestUnits, minimumUnits)
  const means = [meanOf(control), meanOf(variant)] as const
  const difference = means[0] === null || means[1] === null ? null : means[1] - means[0]
  const between =
    isEnough && old && fresh ? { mean: fresh.mean - old.mean, variance: old.variance + fresh.variance } : null
  const scale = minimumDifference ?? (between ? Math.sqrt(between.variance) : 1)
  return {
    metric,
    control: side(control, old),
    variant: side(variant, fresh),
    difference,
    interval: between && widened(options, sequentialInterval(between, { alpha, scale })),
    variance: between?.variance ?? null,
    minimumDifference,
  }
}

/** The sample with its totals in the metric's own unit. */
export function inUnit(sample: UnitSample, metric: ExperimentMetric): UnitSample {
  const { factor } = metricDefinitions[metric]
  if (factor === 1) return sample
  return {
    ...sample,
    sum: sample.sum * factor,
    sumSquares: sample.sumSquares * factor * factor,
    products: sample.products * factor,
  }
}

function meanOf({ count, sum }: UnitSample): number | null {
  return count > 0 ? sum / count : null
}

function sideOf(
  { metric, alpha, minimumUnits, minimumEffect }: CompareOptions,
  sample: UnitSample,
  estimate: MeanEstimate | null,
): MetricSide {
  const { units, count } = sample
  const isEnough = estimate !== null && units >= Math.max(fewestUnits, minimumUnits)
  const scale = estimate && estimate.mean > 0 ? estimate.mean * minimumEffect : 1
  const interval = isEnough ? sequentialInterval(estimate, { alpha, scale }) : null
  const exact = interval && isRate(metric) ? proportionBounds(countsOf(sample), alpha) : null
  return { units, count, mean: meanOf(sample), interval: interval && clipped(hull(interval, exact), metric) }
}

function widened(options: CompareOptions, interval: Interval): Interval {
  if (!isRate(options.metric)) return interval
  const counts = { baseline: countsOf(options.control), candidate: countsOf(options.variant) }
  return hull(interval, proportionDifference(counts, options.alpha))
}

function isRate(metric: ExperimentMetric): boolean {
  return metricDefinitions[metric].unit === 'rate'
}

function countsOf({ sum, count }: UnitSample) {
  return { events: Math.round(sum), trials: Math.round(count) }
}

function hull(one: Interval, other: Interval | null): Interval {
  if (!other) return one
  return { lower: Math.min(one.lower, other.lower), upper: Math.max(one.upper, other.upper) }
}

/** No metric is below 0, none with a range above it. */
function clipped({ lower, upper }: Interval, metric: ExperimentMetric): Interval {
  const most = metricDefinitions[metric].range ?? Number.POSITIVE_INFINITY
  return { lower: Math.max(0, lower), upper: Math.min(most, upper) }
}
