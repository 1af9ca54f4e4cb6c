'use client'

import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { ApiProblem } from '#components/data/api-problem'
import { useDeployments } from '#components/data/use-deployments'
import { useCreateExperiment } from '#components/data/use-experiments'
import { DecisionFields } from '#components/experiments/decision-fields'
import {
  draftBody,
  draftProblems,
  type ExperimentDraft,
  type ExperimentWish,
  newVariant,
  wishedExperiment,
} from '#components/experiments/experiment-draft'
import { TargetFields } from '#components/experiments/target-fields'
import { VariantFields } from '#components/experiments/variant-fields'
import { notifyDone } from '#components/ui/notify'

export interface CreateExperimentModalProps {
  opened: boolean
  /** What the link to it asks for. */
  wish: ExperimentWish
  onClose: () => void
  onCreated: (id: string) => void
}

const mostVariants = 8

/** What is compared, on whom, and what decides. */
export function CreateExperimentModal({ opened, wish, onClose, onCreated }: CreateExperimentModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New experiment" size={760}>
      <CreateForm
        wish={wish}
        onClose={onClose}
        onCreated={(id) => {
          onCreated(id)
          onClose()
        }}
      />
    </Modal>
  )
}

/** What is wrong with a field, from this form or from the server's answer. */
export type ProblemOf = (...fields: readonly string[]) => string | null

function CreateForm({ wish, onClose, onCreated }: Omit<CreateExperimentModalProps, 'opened'>) {
  const [draft, setDraft] = useState(() => wishedExperiment(wish))
  const [start, setStart] = useState(true)
  const [reason, setReason] = useState('')
  const create = useCreateExperiment()
  const problems = draftProblems(draft)
  const refused = create.error instanceof ApiProblem ? create.error.fieldErrors : []
  const problemOf: ProblemOf = (...fields) =>
    fields
      .map((field) => problems[field] ?? refused.find(({ path }) => path === field)?.message)
      .find(Boolean) ?? null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate(draftBody(draft, { start, reason: reason.trim() }), {
      onSuccess: ({ id }) => {
        notifyDone(start ? 'The experiment runs' : 'The draft is kept', draft.name)
        onCreated(id)
      },
    })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          minLength={3}
          maxLength={80}
          required
          data-autofocus
        />
        <TextInput
          label="What you expect"
          value={draft.hypothesis}
          onChange={(event) => setDraft({ ...draft, hypothesis: event.currentTarget.value })}
          maxLength={1_000}
        />
        <VariantList draft={draft} onChange={setDraft} problemOf={problemOf} />
        <TargetFields draft={draft} onChange={setDraft} problemOf={problemOf} />
        <DecisionFields draft={draft} onChange={setDraft} />
        <TextInput
          label="Reason"
          description="Kept with the change."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          minLength={3}
          maxLength={500}
          required
        />
        <Checkbox
          label="Start at once"
          checked={start}
          onChange={(event) => setStart(event.currentTarget.checked)}
        />
        {create.error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {create.error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={Object.keys(problems).length > 0}>
            {start ? 'Start experiment' : 'Keep draft'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function VariantList(props: {
  draft: ExperimentDraft
  onChange: (draft: ExperimentDraft) => void
  problemOf: ProblemOf
}) {
  const { draft, onChange, problemOf } = props
  const { data } = useDeployments()
  const deployments = data?.deployments.map(({ id }) => id) ?? []
  const { variants } = draft
  const problem = problemOf('plan.variants')
  const add = () => {
    const key = Math.max(...variants.map((one) => one.key)) + 1
    onChange({
      ...draft,
      variants: [...variants, newVariant(key, `variant-${'abcdefgh'[key - 1] ?? key}`, '0')],
    })
  }
  return (
    <>
      {variants.map((variant, index) => (
        <VariantFields
          key={variant.key}
          variant={variant}
          isControl={index === 0}
          deployments={deployments}
          problem={problemOf(`plan.variants[${index}].overrides.chain`)}
          onChange={(changed) =>
            onChange({ ...draft, variants: variants.map((one) => (one.key === changed.key ? changed : one)) })
          }
          onRemove={
            index === 0 || variants.length <= 2
              ? null
              : () => onChange({ ...draft, variants: variants.filter(({ key }) => key !== variant.key) })
          }
        />
      ))}
      {problem ? (
        <Text size="sm" c="var(--c-bad)" role="alert">
          {problem}
        </Text>
      ) : null}
      <Group>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={add}
          disabled={variants.length >= mostVariants}
        >
          Add variant
        </Button>
      </Group>
    </>
  )
}
