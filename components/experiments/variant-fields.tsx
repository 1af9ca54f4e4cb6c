'use client'

import { ActionIcon, Group, MultiSelect, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { VariantDraft } from '#components/experiments/experiment-draft'
import classes from './experiments.module.css'

export interface VariantFieldsProps {
  variant: VariantDraft
  isControl: boolean
  /** Catalog ids that can be chosen. */
  deployments: readonly string[]
  /** Of the variant's deployments; null = none. */
  problem: string | null
  onChange: (variant: VariantDraft) => void
  /** Null while it cannot be taken away. */
  onRemove: (() => void) | null
}

const promptModes = [
  { value: 'none', label: 'the caller’s' },
  { value: 'prepend', label: 'ours, then the caller’s' },
  { value: 'append', label: 'the caller’s, then ours' },
  { value: 'replace', label: 'ours instead' },
]

/** What one variant is called, how many units it gets, and what it changes. */
export function VariantFields(props: VariantFieldsProps) {
  const { variant, isControl, deployments, problem, onChange, onRemove } = props
  const what = variant.name || 'this variant'
  return (
    <fieldset className={classes.variant} aria-label={`Variant ${what}`}>
      <Group gap="sm" align="flex-end" wrap="nowrap">
        <TextInput
          label={isControl ? 'Control' : 'Variant'}
          value={variant.name}
          onChange={(event) => onChange({ ...variant, name: event.currentTarget.value })}
          pattern="[a-z0-9][a-z0-9_\-]{0,39}"
          title="1 to 40 of a-z, 0-9, “-” and “_”"
          required
          flex={1}
        />
        <TextInput
          label="Share, %"
          value={variant.weight}
          inputMode="decimal"
          onChange={(event) => onChange({ ...variant, weight: event.currentTarget.value })}
          required
          w={90}
        />
        {onRemove ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Remove ${what}`}
            onClick={onRemove}
          >
            <IconX size={16} />
          </ActionIcon>
        ) : null}
      </Group>
      <MultiSelect
        label="Served by"
        placeholder={variant.deployments.length === 0 ? 'the tier’s own deployments' : undefined}
        description="Asked in this order; the tier’s own follow when none of them answers."
        data={[...deployments]}
        value={[...variant.deployments]}
        onChange={(chosen) => onChange({ ...variant, deployments: chosen })}
        error={problem}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': `Clear the deployments of ${what}` }}
      />
      <SimpleGrid cols={{ base: 1, xs: 4 }} spacing="sm">
        <Select
          label="System prompt"
          data={promptModes}
          value={variant.promptMode}
          onChange={(mode) => onChange({ ...variant, promptMode: promptMode(mode) })}
          allowDeselect={false}
        />
        <NumberField
          label="Temperature"
          value={variant.temperature}
          onChange={(temperature) => onChange({ ...variant, temperature })}
        />
        <NumberField label="top_p" value={variant.topP} onChange={(topP) => onChange({ ...variant, topP })} />
        <NumberField
          label="Output limit, tokens"
          value={variant.maxOutputTokens}
          onChange={(maxOutputTokens) => onChange({ ...variant, maxOutputTokens })}
        />
      </SimpleGrid>
      {variant.promptMode === 'none' ? null : (
        <Textarea
          label="Our system prompt"
          value={variant.promptText}
          onChange={(event) => onChange({ ...variant, promptText: event.currentTarget.value })}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={20_000}
          required
        />
      )}
    </fieldset>
  )
}

function promptMode(value: string | null): VariantDraft['promptMode'] {
  return value === 'prepend' || value === 'append' || value === 'replace' ? value : 'none'
}

function NumberField(props: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      label={props.label}
      placeholder="the caller’s"
      inputMode="decimal"
      pattern="[0-9]*\.?[0-9]*"
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}
