'use client'

import { NumberInput, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { versionName } from '#components/models/model-words'
import type { ModelsView } from '#lib/contracts/models'

const providers = ['azure-openai', 'openai', 'anthropic']

export interface FieldsProps {
  view: ModelsView
  value: (name: string, otherwise?: string) => string
  change: (name: string, text: string | null) => void
}

/** Of a base model that no deployment names yet. */
export function BaseFields({ value, change }: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <Select
        label="Provider"
        data={providers}
        value={value('provider', 'azure-openai')}
        onChange={(next) => change('provider', next)}
        allowDeselect={false}
      />
      <TextInput
        label="Model"
        placeholder="gpt-4.1-mini"
        value={value('model')}
        onChange={(event) => change('model', event.currentTarget.value)}
        required
      />
    </SimpleGrid>
  )
}

/** Of a prompt with parameters over a model. */
export function PromptFields({ view, value, change }: FieldsProps) {
  const bases = view.versions.filter((one) => one.kind !== 'prompt' && one.stage !== 'archived')
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label="Name"
          placeholder="warm-tone"
          value={value('name')}
          onChange={(event) => change('name', event.currentTarget.value)}
          required
        />
        <Select
          label="Over"
          data={bases.map((one) => ({ value: one.id, label: `${versionName(one)} (${one.provider})` }))}
          value={value('base') || null}
          onChange={(next) => change('base', next)}
          searchable
          required
        />
      </SimpleGrid>
      <Textarea
        label="Prompt"
        description="Stands before the caller's messages as a system message."
        autosize
        minRows={3}
        maxRows={8}
        value={value('prompt')}
        onChange={(event) => change('prompt', event.currentTarget.value)}
        required
      />
      <SimpleGrid cols={2} spacing="sm">
        <NumberInput
          label="Temperature"
          description="0–2; empty leaves the caller's."
          min={0}
          max={2}
          step={0.1}
          value={value('temperature')}
          onChange={(next) => change('temperature', String(next))}
        />
        <NumberInput
          label="Top p"
          description="0–1; empty leaves the caller's."
          min={0}
          max={1}
          step={0.05}
          value={value('topP')}
          onChange={(next) => change('topP', String(next))}
        />
      </SimpleGrid>
    </>
  )
}
