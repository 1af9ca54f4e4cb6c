'use client'

import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  Select,
  SimpleGrid,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import {
  type GuardrailDraft,
  hasShadow,
  type RolloutDraft,
  type StepDraft,
} from '#components/traffic/rollout-draft'
import { chainWords, metricWords } from '#components/traffic/rollout-words'
import type { RolloutsView } from '#lib/contracts/rollouts'
import classes from './rollouts.module.css'

interface DraftFields {
  draft: RolloutDraft
  onChange: (draft: RolloutDraft) => void
}

/** Which traffic, from where, to where. */
export function RouteFields({
  draft,
  onChange,
  tiers,
  deployments,
}: DraftFields & { tiers: RolloutsView['tiers']; deployments: readonly string[] }) {
  const tier = tiers.find(({ name }) => name === draft.tier)
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Select
          label="Tier"
          data={tiers.map(({ name }) => name)}
          value={draft.tier}
          onChange={(name) => onChange({ ...draft, tier: name ?? draft.tier, operation: '' })}
          allowDeselect={false}
        />
        <Autocomplete
          label="Operation"
          placeholder="every operation"
          data={tier?.operations ?? []}
          value={draft.operation}
          onChange={(operation) => onChange({ ...draft, operation })}
        />
      </SimpleGrid>
      <Select
        label="From (baseline)"
        data={[
          { value: 'legacy', label: `the old providers: ${chainWords(tier?.legacy ?? [])}` },
          { value: 'tier', label: `the tier’s chain: ${chainWords(tier?.chain ?? [])}` },
        ]}
        value={draft.baseline}
        onChange={(value) => onChange({ ...draft, baseline: value === 'tier' ? 'tier' : 'legacy' })}
        allowDeselect={false}
      />
      <MultiSelect
        label="To (candidate)"
        description="In the order in which they are asked. Empty: the tier’s own chain."
        placeholder={draft.candidate.length === 0 ? chainWords(tier?.chain ?? []) : ''}
        data={[...deployments]}
        value={[...draft.candidate]}
        onChange={(candidate) => onChange({ ...draft, candidate })}
        searchable
        clearable
      />
    </>
  )
}

/** Shares, what each has to show, and where a person is asked. */
export function StepFields({ draft, onChange }: DraftFields) {
  const nextKey = Math.max(-1, ...draft.steps.map(({ key }) => key)) + 1
  const put = (step: StepDraft) =>
    onChange({ ...draft, steps: draft.steps.map((other) => (other.key === step.key ? step : other)) })
  return (
    <fieldset className={classes.fieldset}>
      <legend>Steps</legend>
      {draft.steps.map((step, index) => (
        <StepRow
          key={step.key}
          step={step}
          number={index + 1}
          onChange={put}
          onRemove={() => onChange({ ...draft, steps: draft.steps.filter(({ key }) => key !== step.key) })}
        />
      ))}
      <Group mt={8} gap="xs">
        {hasShadow(draft) ? null : (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() =>
              onChange({
                ...draft,
                steps: [
                  { key: nextKey, percent: '0', requests: '200', minutes: '30', needsApproval: false },
                  ...draft.steps,
                ],
              })
            }
          >
            Shadow first
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() =>
            onChange({
              ...draft,
              steps: [
                ...draft.steps,
                { key: nextKey, percent: '', requests: '2000', minutes: '60', needsApproval: true },
              ],
            })
          }
        >
          Add a step
        </Button>
      </Group>
    </fieldset>
  )
}

interface StepRowProps {
  step: StepDraft
  number: number
  onChange: (step: StepDraft) => void
  onRemove: () => void
}

function StepRow({ step, number, onChange, onRemove }: StepRowProps) {
  return (
    <fieldset className={classes.fields} aria-label={`Step ${number}`}>
      <TextInput
        label="Share, %"
        inputMode="decimal"
        value={step.percent}
        onChange={(event) => onChange({ ...step, percent: event.currentTarget.value })}
      />
      <TextInput
        label="Requests"
        inputMode="numeric"
        value={step.requests}
        onChange={(event) => onChange({ ...step, requests: event.currentTarget.value })}
      />
      <TextInput
        label="Minutes"
        inputMode="decimal"
        value={step.minutes}
        onChange={(event) => onChange({ ...step, minutes: event.currentTarget.value })}
      />
      <Checkbox
        label="by approval"
        checked={step.needsApproval}
        onChange={(event) => onChange({ ...step, needsApproval: event.currentTarget.checked })}
        mb={8}
      />
      <ActionIcon
        variant="subtle"
        color="red"
        size="input-sm"
        aria-label={`Remove step ${number}`}
        onClick={onRemove}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </fieldset>
  )
}

/** What rolls back by itself, and from when on. */
export function GuardrailFields({ draft, onChange }: DraftFields) {
  const put = (guardrail: GuardrailDraft) =>
    onChange({
      ...draft,
      guardrails: draft.guardrails.map((other) => (other.metric === guardrail.metric ? guardrail : other)),
    })
  return (
    <fieldset className={classes.fieldset}>
      <legend>Guardrails: rolls back when it is proven to be worse by more than</legend>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing={4} mt={6}>
        {draft.guardrails.map((guardrail) => (
          <Group key={guardrail.metric} gap="xs" wrap="nowrap" justify="space-between">
            <Checkbox
              label={metricWords[guardrail.metric]}
              checked={guardrail.watched}
              onChange={(event) => put({ ...guardrail, watched: event.currentTarget.checked })}
            />
            <TextInput
              aria-label={`${metricWords[guardrail.metric]} may be worse by, in per cent`}
              inputMode="decimal"
              size="xs"
              w={76}
              rightSection="%"
              disabled={!guardrail.watched}
              value={guardrail.worse}
              onChange={(event) => put({ ...guardrail, worse: event.currentTarget.value })}
            />
          </Group>
        ))}
      </SimpleGrid>
    </fieldset>
  )
}
