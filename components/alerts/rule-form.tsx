'use client'

import {
  Button,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { RulePreviewNote } from '#components/alerts/rule-preview-note'
import { useChangeRule, useCreateRule, useRemoveRule } from '#components/data/use-alerts'
import { useHasRole } from '#components/data/use-me'
import { notifyDone } from '#components/ui/notify'
import { type AlertRule, alertComparisons, alertSeverities } from '#lib/alerts/alert-rule'
import { describeCondition } from '#lib/alerts/describe-condition'
import type { AlertRuleView } from '#lib/contracts/alerts'

export interface RuleFormProps {
  view: AlertRuleView | null
  initial: AlertRule
  metrics: readonly string[]
  onClose: () => void
}

const comparisonWords = { above: 'above', at_least: 'at least', below: 'below', at_most: 'at most' } as const

/** Fields of a rule with its preview; saving needs a reason. */
export function RuleForm({ view, initial, metrics, onClose }: RuleFormProps) {
  const [rule, setRule] = useState(initial)
  const [reason, setReason] = useState('')
  const change = useChangeRule()
  const create = useCreateRule()
  const remove = useRemoveRule()
  const mayChange = useHasRole('operator')
  const save = view === null ? create : change
  const error = save.error ?? remove.error
  const ready = mayChange && reason.trim().length >= 3
  const removable = view !== null && (!view.builtIn || view.changed)
  const done = (words: string) => ({
    onSuccess: () => {
      notifyDone(words, rule.name)
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) save.mutate({ rule, reason: reason.trim() }, done('The rule is saved'))
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {view === null ? <NewRuleFields rule={rule} metrics={metrics} onChange={setRule} /> : null}
        <Text size="sm">{rule.about || describeCondition(rule)}</Text>
        <LimitFields rule={rule} onChange={setRule} />
        <RulePreviewNote rule={rule} />
        <TextInput
          label="Reason"
          description="Kept with the change."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          disabled={!mayChange}
        />
        {error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          {removable ? (
            <Button
              variant="default"
              disabled={!ready}
              loading={remove.isPending}
              onClick={() => remove.mutate({ id: rule.id, reason: reason.trim() }, done('Done'))}
            >
              {view.builtIn ? 'Back to the original' : 'Remove rule'}
            </Button>
          ) : null}
          <Button type="submit" disabled={!ready} loading={save.isPending}>
            Save rule
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface FieldsProps {
  rule: AlertRule
  onChange: (rule: AlertRule) => void
}

function NewRuleFields({ rule, metrics, onChange }: FieldsProps & { metrics: readonly string[] }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <TextInput
        label="Id"
        placeholder="budget-70"
        value={rule.id}
        onChange={(event) => onChange({ ...rule, id: event.currentTarget.value })}
        pattern="[a-z][a-z0-9_\-]{2,63}"
        title="3 to 64 of a-z, 0-9, “-” and “_”"
        required
        data-autofocus
      />
      <TextInput
        label="Name"
        placeholder="Budget used to 70 %"
        value={rule.name}
        onChange={(event) => onChange({ ...rule, name: event.currentTarget.value })}
        maxLength={80}
        required
      />
      <Select
        label="Metric"
        data={[...metrics]}
        value={rule.metric}
        onChange={(metric) => onChange({ ...rule, metric: metric ?? rule.metric })}
        allowDeselect={false}
        searchable
      />
      <TagsInput
        label="One alert per"
        description="Labels, such as deployment or tier."
        value={rule.groupBy}
        onChange={(groupBy) => onChange({ ...rule, groupBy })}
      />
    </SimpleGrid>
  )
}

function LimitFields({ rule, onChange }: FieldsProps) {
  const { condition } = rule
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      {condition.kind === 'threshold' ? (
        <>
          <Select
            label="Fires when the value is"
            data={alertComparisons.map((value) => ({ value, label: comparisonWords[value] }))}
            value={condition.comparison}
            onChange={(value) => {
              const comparison = alertComparisons.find((one) => one === value)
              if (comparison) onChange({ ...rule, condition: { ...condition, comparison } })
            }}
            allowDeselect={false}
          />
          <NumberInput
            label="Limit"
            description="In the metric’s unit; ratios from 0 to 1."
            value={condition.limit}
            onChange={(limit) => onChange({ ...rule, condition: { ...condition, limit: Number(limit) } })}
          />
        </>
      ) : (
        <NumberInput
          label="Objective"
          description="Share of events that are to be good."
          value={condition.objective}
          onChange={(value) => onChange({ ...rule, condition: { ...condition, objective: Number(value) } })}
          min={0.5}
          max={0.99999}
          step={0.001}
        />
      )}
      <NumberInput
        label="For at least"
        suffix=" s"
        value={rule.forSeconds}
        onChange={(value) => onChange({ ...rule, forSeconds: Number(value) })}
        min={0}
        max={86_400}
      />
      <Select
        label="Severity"
        data={[...alertSeverities]}
        value={rule.severity}
        onChange={(value) => {
          const severity = alertSeverities.find((one) => one === value)
          if (severity) onChange({ ...rule, severity })
        }}
        allowDeselect={false}
      />
      <Switch
        label="On"
        checked={rule.enabled}
        onChange={(event) => onChange({ ...rule, enabled: event.currentTarget.checked })}
      />
    </SimpleGrid>
  )
}
