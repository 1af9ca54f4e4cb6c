import {
  type ExperimentMetric,
  experimentMetricNames,
  metricDefinitions,
  type UnitTotals,
} from '#lib/experiments/experiment-metrics'
import { addStratum, noOddsEvidence, type OddsEvidence, type Stratum } from '#lib/experiments/odds-evidence'
import type { Counts } from '#lib/experiments/proportion-bounds'
import { moveUnit, noUnitSample, type UnitSample } from '#lib/experiments/unit-sample'

/** What is known of one variant: its exposed units, and a sample of each metric. */
export interface VariantSamples {
  /** Units that the variant was applied to at least once. */
  exposures: number
  metrics: Readonly<Record<ExperimentMetric, UnitSample>>
}

/** Before anybody was exposed. */
export const noVariantSamples: VariantSamples = {
  exposures: 0,
  metrics: {
    error_rate: noUnitSample,
    refusal_rate: noUnitSample,
    latency: noUnitSample,
    first_token: noUnitSample,
    cost: noUnitSample,
    output_tokens: noUnitSample,
    feedback: noUnitSample,
    evaluation: noUnitSample,
  },
}

/** The samples with one unit's totals moved; `before` null = it is exposed for the first time. */
export function moveUnitTotals(
  samples: VariantSamples,
  { before, after }: { before: UnitTotals | null; after: UnitTotals },
): VariantSamples {
  const metrics = { ...samples.metrics }
  for (const metric of experimentMetricNames) {
    const { total, over } = metricDefinitions[metric]
    metrics[metric] = moveUnit(metrics[metric], {
      before: before ? { n: before[over], x: before[total] } : { n: 0, x: 0 },
      after: { n: after[over], x: after[total] },
    })
  }
  return { exposures: samples.exposures + (before ? 0 : 1), metrics }
}

export const countedMetrics = ['error_rate', 'refusal_rate'] as const
export type CountedMetric = (typeof countedMetrics)[number]

/** Evidence on the odds of what is counted, one treatment against the control, over spans cut by the clock. */
export type CountedEvidence = Readonly<Record<CountedMetric, OddsEvidence>>

/** Before anything was seen. */
export const noCountedEvidence: CountedEvidence = { error_rate: noOddsEvidence, refusal_rate: noOddsEvidence }

/** Takes the same span of both sides into account. */
export function addCountedSpan(
  evidence: CountedEvidence,
  { control, variant }: Readonly<Record<'control' | 'variant', Readonly<Record<CountedMetric, Counts>>>>,
): CountedEvidence {
  const stratum = (metric: CountedMetric): Stratum => ({
    baseline: control[metric],
    candidate: variant[metric],
  })
  return {
    error_rate: addStratum(evidence.error_rate, stratum('error_rate')),
    refusal_rate: addStratum(evidence.refusal_rate, stratum('refusal_rate')),
  }
}
