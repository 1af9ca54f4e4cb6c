'use client'

import { Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { useModelDeed } from '#components/data/use-models'
import { BaseFields, PromptFields } from '#components/models/register-fields'
import { useFields } from '#components/models/use-fields'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import { type ModelsView, registerVersionBody } from '#lib/contracts/models'

const kinds = [
  { value: 'prompt', label: 'Prompt and parameters over a model' },
  { value: 'base', label: 'Base model' },
]

interface RegisterProps {
  view: ModelsView
  opened: boolean
  onClose: () => void
}

/** Registers a version: a base that no deployment names yet, or a prompt with parameters. */
export function RegisterModal({ view, opened, onClose }: RegisterProps) {
  const [kind, setKind] = useState('prompt')
  const fields = useFields()
  const { value, problem } = fields
  const deed = useModelDeed()
  const close = () => {
    deed.reset()
    fields.reset()
    onClose()
  }
  const confirm = (reason: string) => {
    const number = (name: string) => (value(name) === '' ? null : Number(value(name)))
    const body = fields.check(
      registerVersionBody,
      kind === 'base'
        ? { kind, provider: value('provider', 'azure-openai'), model: value('model'), reason }
        : {
            ...{ kind, name: value('name'), baseVersionId: value('base'), prompt: value('prompt'), reason },
            ...{ temperature: number('temperature'), topP: number('topP') },
          },
    )
    if (!body) return
    deed.mutate(
      { kind: 'register', body },
      {
        onSuccess: () => {
          notifyDone('The version is registered', 'It is a candidate; deploy it to try it.')
          close()
        },
      },
    )
  }
  return (
    <ReasonModal
      opened={opened}
      title="Register a version"
      effect="It becomes a candidate. Nothing is deployed, and no traffic moves."
      verb="Register"
      busy={deed.isPending}
      error={problem ?? deed.error}
      onClose={close}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <Select
          label="Kind"
          data={kinds}
          value={kind}
          onChange={(next) => setKind(next ?? 'prompt')}
          allowDeselect={false}
        />
        {kind === 'base' ? <BaseFields view={view} {...fields} /> : <PromptFields view={view} {...fields} />}
      </Stack>
    </ReasonModal>
  )
}
