'use client'

import { standingWords } from '#components/experiments/experiment-words'
import { IntervalBar } from '#components/experiments/interval-bar'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatCount } from '#components/ui/format-number'
import { StateTag } from '#components/ui/state-tag'
import type {
  ExperimentDetail,
  ExperimentReadingView,
  MetricComparisonView,
  TreatmentView,
} from '#lib/contracts/experiments'
import { metricDefinitions, showDifference, showMetric } from '#lib/experiments/experiment-metrics'
import classes from './experiments.module.css'

interface Row extends MetricComparisonView {
  treatment: TreatmentView
  isPrimary: boolean
}

/** Each variant against the control, metric by metric; the one that decides first. */
export function MetricTable(props: { experiment: ExperimentDetail; reading: ExperimentReadingView }) {
  const rows = props.reading.treatments.flatMap((treatment): Row[] => [
    { ...treatment.primary, treatment, isPrimary: true },
    ...treatment.others
      .filter(({ difference }) => difference !== null)
      .map((other) => ({ ...other, treatment, isPrimary: false })),
  ])
  return (
    <DataTable
      label="Metrics"
      columns={columns(props.experiment.plan.variants[0]?.name ?? 'control')}
      rows={rows}
      rowKey={({ treatment, metric }) => `${treatment.name} ${metric}`}
    />
  )
}

function columns(control: string): readonly Column<Row>[] {
  return [
    {
      id: 'metric',
      label: 'Metric',
      width: 190,
      render: ({ metric, isPrimary }) => (
        <span className={classes.metric}>
          {isPrimary ? <strong>{metricDefinitions[metric].label}</strong> : metricDefinitions[metric].label}
          {isPrimary ? <span className={classes.soft}>decides</span> : null}
        </span>
      ),
    },
    {
      id: 'variant',
      label: 'Variant',
      width: 190,
      render: ({ treatment, isPrimary }) => (
        <span className={classes.metric}>
          {treatment.name}
          {isPrimary ? (
            <StateTag tone={standingWords[treatment.standing].tone}>
              {standingWords[treatment.standing].words}
            </StateTag>
          ) : null}
        </span>
      ),
    },
    { id: 'control', label: control, numeric: true, width: 110, render: (row) => mean(row, 'control') },
    { id: 'value', label: 'Its value', numeric: true, width: 110, render: (row) => mean(row, 'variant') },
    {
      id: 'difference',
      label: 'Difference',
      numeric: true,
      width: 130,
      render: ({ difference, metric }) =>
        difference === null ? '–' : showDifference(difference, metricDefinitions[metric].unit),
    },
    { id: 'interval', label: 'Interval', width: 280, render: (row) => <IntervalBar comparison={row} /> },
    {
      id: 'units',
      label: 'Units',
      numeric: true,
      width: 90,
      render: ({ control: old, variant }) => formatCount(old.units + variant.units),
    },
  ]
}

function mean(row: Row, side: 'control' | 'variant'): string {
  const value = row[side].mean
  return value === null ? '–' : showMetric(value, metricDefinitions[row.metric].unit)
}
