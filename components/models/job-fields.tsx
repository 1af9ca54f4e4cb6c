'use client'

import { NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import { versionName } from '#components/models/model-words'
import type { FieldsProps } from '#components/models/register-fields'
import type { VersionView } from '#lib/contracts/models'
import type { TrainingView } from '#lib/contracts/training'

export interface JobFieldsProps extends FieldsProps {
  bases: readonly VersionView[]
  consents: TrainingView['consents']
  accountId: string
}

const numbers = [
  {
    name: 'units',
    label: 'Capacity of the result',
    hint: 'Thousand tokens a minute.',
    min: 1,
    max: 10_000,
    usual: '10',
  },
  {
    name: 'heldOut',
    label: 'Held out',
    hint: 'Per cent it is tried on, not trained on.',
    min: 5,
    max: 50,
    usual: '20',
  },
  { name: 'epochs', label: 'Epochs', hint: 'Empty = as the provider chooses.', min: 1, max: 10, usual: '' },
]

/** What a fine-tuning job is made of. */
export function JobFields({ view, value, change, bases, consents, accountId }: JobFieldsProps) {
  const accounts = [...new Set(consents.map((one) => one.accountId))]
  const creators = consents.filter((one) => one.fanId === null && one.granted && one.accountId === accountId)
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <TextInput
        label="Name"
        description="Small letters, digits, “-”."
        placeholder="mia-replies"
        value={value('name')}
        onChange={(event) => change('name', event.currentTarget.value)}
        required
      />
      <Select
        label="Base model"
        description="Models that Azure lets be tuned."
        data={bases.map((one) => ({ value: one.id, label: versionName(one) }))}
        value={value('base', bases[0]?.id) || null}
        onChange={(next) => change('base', next)}
        nothingFoundMessage="Register gpt-4.1-mini or another tunable base first."
        required
      />
      <Select
        label="Account"
        data={accounts}
        value={accountId || null}
        onChange={(next) => change('accountId', next)}
        nothingFoundMessage="No account has consents yet."
        required
      />
      <Select
        label="Examples of"
        data={[
          { value: '', label: 'all creators who consented' },
          ...creators.map(({ creatorId, examples }) => ({
            value: creatorId,
            label: `${creatorId} (${examples} examples)`,
          })),
        ]}
        value={value('creatorId')}
        onChange={(next) => change('creatorId', next)}
        allowDeselect={false}
      />
      <Select
        label="Region"
        description="Where it is trained and deployed."
        data={view.regions}
        value={value('region', view.regions[0]) || null}
        onChange={(next) => change('region', next)}
        allowDeselect={false}
      />
      {numbers.map(({ name, label, hint, min, max, usual }) => (
        <NumberInput
          key={name}
          label={label}
          description={hint}
          min={min}
          max={max}
          value={value(name, usual)}
          onChange={(next) => change(name, String(next))}
        />
      ))}
    </SimpleGrid>
  )
}
