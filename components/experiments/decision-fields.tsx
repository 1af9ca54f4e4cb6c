'use client'

import { Select, SimpleGrid, TextInput } from '@mantine/core'
import type { ExperimentDraft } from '#components/experiments/experiment-draft'
import { experimentMetricNames, metricDefinitions } from '#lib/experiments/experiment-metrics'

/** What decides, and what stops a variant. */
export function DecisionFields(props: {
  draft: ExperimentDraft
  onChange: (draft: ExperimentDraft) => void
}) {
  const { draft, onChange } = props
  const text = (field: 'minimumEffect' | 'minimumUnits' | 'errorLimit' | 'latencyLimit') => ({
    value: draft[field],
    inputMode: 'decimal' as const,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...draft, [field]: event.currentTarget.value }),
  })
  const metrics = experimentMetricNames.map((name) => {
    const { label, better } = metricDefinitions[name]
    return { value: name, label: `${label} (${better} is better)` }
  })
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <Select
          label="What decides"
          data={metrics}
          value={draft.primaryMetric}
          onChange={(value) =>
            onChange({
              ...draft,
              primaryMetric: experimentMetricNames.find((name) => name === value) ?? draft.primaryMetric,
            })
          }
          allowDeselect={false}
        />
        <TextInput label="Smallest change that matters, %" {...text('minimumEffect')} required />
        <TextInput label="Units before a verdict" {...text('minimumUnits')} required />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label="Stop at more errors, %"
          description="Odds above the control’s; empty = no guardrail."
          {...text('errorLimit')}
        />
        <TextInput
          label="Stop at more latency, %"
          description="Mean above the control’s; empty = no guardrail."
          {...text('latencyLimit')}
        />
      </SimpleGrid>
    </>
  )
}
