import type { ExperimentDetail } from '#lib/contracts/experiments'
import { metricDefinitions } from '#lib/experiments/experiment-metrics'
import { csvLine } from '#lib/telemetry/csv-line'

const heading =
  'experiment_id variant standing metric decides unit control_units control_mean variant_units variant_mean difference lower upper'

/** What an experiment says as CSV: the header, then one line for each variant and metric; empty where nothing is known. */
export function exportExperiment({ id, plan, reading }: ExperimentDetail): string {
  const lines = (reading?.treatments ?? []).flatMap(({ name, standing, primary, others }) =>
    [primary, ...others].map(({ metric, control, variant, difference, interval }) =>
      csvLine([
        id,
        name,
        standing,
        metric,
        metric === plan.primaryMetric ? 'yes' : 'no',
        metricDefinitions[metric].unit,
        control.units,
        control.mean,
        variant.units,
        variant.mean,
        difference,
        interval?.lower ?? null,
        interval?.upper ?? null,
      ]),
    ),
  )
  return [csvLine(heading.split(' ')), ...lines].join('')
}
