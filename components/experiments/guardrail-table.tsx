'use client'

import { IconShieldCheck } from '@tabler/icons-react'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { StateTag } from '#components/ui/state-tag'
import type { Tone } from '#components/ui/tone'
import type { ExperimentReadingView, TreatmentView } from '#lib/contracts/experiments'
import { metricDefinitions, showMetric } from '#lib/experiments/experiment-metrics'

type Guardrail = TreatmentView['guardrails'][number]
type Row = Guardrail & { variant: Guardrail['variant']; treatment: string }

const tones: Readonly<Record<Guardrail['status'], Tone>> = {
  unknown: 'neutral',
  good: 'good',
  doubtful: 'warn',
  broken: 'bad',
}

/** What stops a variant, and how near it is. */
export function GuardrailTable({ reading }: { reading: ExperimentReadingView }) {
  const rows = reading.treatments.flatMap(({ name, guardrails }) =>
    guardrails.map((one): Row => ({ ...one, treatment: name })),
  )
  if (rows.length === 0) {
    return (
      <EmptyNotice icon={<IconShieldCheck size={18} />} title="No guardrail">
        Nothing stops a variant of this experiment by itself.
      </EmptyNotice>
    )
  }
  return (
    <DataTable
      label="Guardrails"
      columns={columns}
      rows={rows}
      rowKey={({ treatment, metric }) => `${treatment} ${metric}`}
    />
  )
}

const columns: readonly Column<Row>[] = [
  {
    id: 'metric',
    label: 'Guardrail',
    render: ({ metric, limitRatio }) => `${metricDefinitions[metric].label}, at most × ${limitRatio}`,
  },
  { id: 'treatment', label: 'Variant', render: ({ treatment }) => treatment },
  {
    id: 'values',
    label: 'Variant / control',
    numeric: true,
    render: ({ metric, variant, control }) => {
      const { unit } = metricDefinitions[metric]
      const show = (value: number | null) => (value === null ? '–' : showMetric(value, unit))
      return `${show(variant)} / ${show(control)}`
    },
  },
  {
    id: 'status',
    label: 'Evidence of harm',
    render: ({ status, lnEvidence, lnLimit }) => {
      const share = Math.min(100, Math.max(0, Math.floor((lnEvidence / lnLimit) * 100)))
      return (
        <StateTag tone={tones[status]}>
          {status === 'unknown' ? 'too early' : `${share} % of what stops it`}
        </StateTag>
      )
    },
  },
]
