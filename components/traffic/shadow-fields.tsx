'use client'

import { Checkbox, Select, SimpleGrid, TextInput } from '@mantine/core'
import type { ShadowDraft } from '#components/traffic/rollout-draft'
import classes from './rollouts.module.css'

interface ShadowFieldsProps {
  shadow: ShadowDraft
  tiers: readonly string[]
  onChange: (shadow: ShadowDraft) => void
}

/** What is asked of the candidate beside the callers, and what that may cost. */
export function ShadowFields({ shadow, tiers, onChange }: ShadowFieldsProps) {
  return (
    <fieldset className={classes.fieldset}>
      <legend>Shadow: the candidate is asked too, and no caller meets it</legend>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" mt={6}>
        <TextInput
          label="Requests mirrored, %"
          inputMode="decimal"
          value={shadow.samplePercent}
          onChange={(event) => onChange({ ...shadow, samplePercent: event.currentTarget.value })}
        />
        <TextInput
          label="At most, USD"
          inputMode="decimal"
          value={shadow.capUsd}
          onChange={(event) => onChange({ ...shadow, capUsd: event.currentTarget.value })}
        />
        <TextInput
          label="Parity needed, %"
          placeholder="none"
          inputMode="decimal"
          value={shadow.parityPercent}
          onChange={(event) => onChange({ ...shadow, parityPercent: event.currentTarget.value })}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt={8}>
        <Select
          label="Judge"
          placeholder="nobody"
          data={[...tiers]}
          value={shadow.judgeTier === '' ? null : shadow.judgeTier}
          onChange={(tier) => onChange({ ...shadow, judgeTier: tier ?? '' })}
          clearable
        />
        <Checkbox
          label="Compare meanings by embeddings"
          checked={shadow.embeddings}
          onChange={(event) => onChange({ ...shadow, embeddings: event.currentTarget.checked })}
          style={{ alignSelf: 'end' }}
          mb={8}
        />
      </SimpleGrid>
    </fieldset>
  )
}
