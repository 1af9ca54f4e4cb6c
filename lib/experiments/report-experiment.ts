import { compareMetric, type MetricComparison } from '#lib/experiments/compare-metric'
import { describeReading, type VerdictWords } from '#lib/experiments/describe-reading'
import { experimentMetricNames } from '#lib/experiments/experiment-metrics'
import { noVariantSamples } from '#lib/experiments/experiment-samples'
import {
  type ExperimentReading,
  type ExperimentSituation,
  judgeExperiment,
  type TreatmentReading,
} from '#lib/experiments/judge-experiment'

/** A treatment with every other metric beside the one that decides. */
export interface TreatmentReport extends TreatmentReading {
  others: readonly MetricComparison[]
}

export interface ExperimentReport extends Omit<ExperimentReading, 'treatments'>, VerdictWords {
  treatments: readonly TreatmentReport[]
}

/** Everything that an experiment says at this moment, in numbers and words. */
export function reportExperiment(situation: ExperimentSituation): ExperimentReport {
  const reading = judgeExperiment(situation)
  return {
    ...reading,
    ...describeReading(situation.plan, reading),
    treatments: reading.treatments.map((one) => ({ ...one, others: otherMetrics(situation, one.name) })),
  }
}

function otherMetrics({ plan, samples }: ExperimentSituation, name: string): MetricComparison[] {
  const control = samples[plan.variants[0]?.name ?? ''] ?? noVariantSamples
  const variant = samples[name] ?? noVariantSamples
  return experimentMetricNames
    .filter((metric) => metric !== plan.primaryMetric)
    .map((metric) =>
      compareMetric({
        metric,
        control: control.metrics[metric],
        variant: variant.metrics[metric],
        alpha: plan.alpha / Math.max(1, plan.variants.length - 1),
        minimumEffect: plan.minimumEffect,
        minimumUnits: plan.minimumUnits,
      }),
    )
}
