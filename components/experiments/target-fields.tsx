'use client'

import { Select, SimpleGrid, TextInput } from '@mantine/core'
import type { ProblemOf } from '#components/experiments/create-experiment-modal'
import type { ExperimentDraft } from '#components/experiments/experiment-draft'

/** On which requests, on whom, and on how many of them. */
export function TargetFields(props: {
  draft: ExperimentDraft
  onChange: (draft: ExperimentDraft) => void
  problemOf: ProblemOf
}) {
  const { draft, onChange, problemOf } = props
  const text = (field: 'operation' | 'accountIds' | 'creatorIds' | 'group' | 'from' | 'to' | 'tier') => ({
    value: draft[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...draft, [field]: event.currentTarget.value }),
  })
  const isGrouped = draft.group.trim() !== ''
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <TextInput
          label="Tier"
          placeholder="every tier"
          {...text('tier')}
          error={problemOf('plan.target.tier')}
        />
        <TextInput label="Operation" placeholder="every operation" {...text('operation')} />
        <Select
          label="Stays with one variant"
          data={[
            { value: 'creator', label: 'each creator' },
            { value: 'session', label: 'each session' },
          ]}
          value={draft.unit}
          error={problemOf('plan.unit')}
          onChange={(unit) => onChange({ ...draft, unit: unit === 'session' ? 'session' : 'creator' })}
          allowDeselect={false}
        />
        <TextInput
          label="Accounts"
          placeholder="everybody’s"
          {...text('accountIds')}
          error={problemOf('plan.target.accountIds')}
        />
        <TextInput label="Creators" placeholder="all of them" {...text('creatorIds')} />
        <TextInput
          label="Exclusive group"
          placeholder="none"
          description="Experiments of one group never share a unit."
          pattern="[a-z0-9][a-z0-9_\-]{0,39}"
          {...text('group')}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {isGrouped ? (
          <TextInput label="From, % of the group" inputMode="decimal" {...text('from')} required />
        ) : null}
        <TextInput
          label={isGrouped ? 'To, % of the group' : 'Share that takes part, %'}
          inputMode="decimal"
          {...text('to')}
          error={problemOf('plan.exclusive', 'plan.trafficBps')}
          required
        />
      </SimpleGrid>
    </>
  )
}
