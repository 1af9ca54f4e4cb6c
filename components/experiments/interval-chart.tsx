'use client'

import { TimeChart, type TimeSeries } from '#components/charts/time-chart'
import type { ExperimentDetail } from '#lib/contracts/experiments'
import { metricDefinitions, showDifference } from '#lib/experiments/experiment-metrics'

const colors = ['var(--c-series-1)', 'var(--c-series-4)', 'var(--c-canary)']
/** More would be no chart any more: three lines for each. */
const mostVariants = 2

/** Estimate and interval of the metric that decides, over time. */
export function IntervalChart({ experiment }: { experiment: ExperimentDetail }) {
  const { plan, readings } = experiment
  const { unit, label } = metricDefinitions[plan.primaryMetric]
  const moments = [...new Set(readings.map(({ at }) => at))].sort()
  const names = plan.variants.slice(1, 1 + mostVariants).map(({ name }) => name)
  const series = names.flatMap((name, index): TimeSeries[] => {
    const at = new Map(readings.filter(({ variant }) => variant === name).map((one) => [one.at, one]))
    const color = colors[index] ?? 'var(--c-series-other)'
    const line = (field: 'lower' | 'difference' | 'upper') =>
      moments.map((moment) => at.get(moment)?.[field] ?? null)
    const bound = (field: 'lower' | 'upper'): TimeSeries => ({
      id: `${name} ${field}`,
      label: `${name}, ${field}`,
      color,
      values: line(field),
      dashed: true,
      isPart: true,
    })
    return [bound('upper'), { id: name, label: name, color, values: line('difference') }, bound('lower')]
  })
  const zero = { id: 'zero', label: 'no difference', color: 'var(--c-p50)', values: moments.map(() => 0) }
  return (
    <TimeChart
      label={`${label}: difference and interval over time`}
      kind="lines"
      moments={moments}
      series={[...series, zero]}
      format={(value) => showDifference(value, unit)}
      height={200}
    />
  )
}
