'use client'

import { Button, Group, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import {
  type ChannelDraft,
  configOf,
  EmailFields,
  emptyDraft,
  WebhookFields,
} from '#components/alerts/channel-fields'
import { useCreateChannel } from '#components/data/use-alert-channels'
import { notifyDone } from '#components/ui/notify'
import { type AlertSeverity, alertSeverities } from '#lib/alerts/alert-rule'

const kinds = [
  { value: 'webhook', label: 'Webhook' },
  { value: 'email', label: 'Mail' },
]

export interface ChannelFormProps {
  /** The signing secret that was made, if one was. */
  onCreated: (secret: string | null) => void
  onCancel: () => void
}

/** Where alerts go from now on, and from which severity. */
export function ChannelForm({ onCreated, onCancel }: ChannelFormProps) {
  const [draft, setDraft] = useState<ChannelDraft>(emptyDraft)
  const [severity, setSeverity] = useState<AlertSeverity>('warning')
  const [reason, setReason] = useState('')
  const create = useCreateChannel()
  const change = (part: Partial<ChannelDraft>) => setDraft({ ...draft, ...part })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const secret = draft.secret === '' ? {} : { secret: draft.secret }
    create.mutate(
      {
        name: draft.name,
        enabled: true,
        severity,
        config: configOf(draft),
        ...secret,
        reason: reason.trim(),
      },
      {
        onSuccess: (made) => {
          notifyDone('The channel is made', draft.name)
          onCreated(made.secret)
        },
      },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SegmentedControl
          aria-label="Kind"
          data={kinds}
          value={draft.kind}
          onChange={(kind) => change({ kind: kind === 'email' ? 'email' : 'webhook' })}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label="Name"
            placeholder="On call"
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            minLength={2}
            maxLength={80}
            required
            data-autofocus
          />
          <Select
            label="From severity"
            data={[...alertSeverities]}
            value={severity}
            onChange={(value) => setSeverity(alertSeverities.find((one) => one === value) ?? 'warning')}
            allowDeselect={false}
          />
        </SimpleGrid>
        {draft.kind === 'webhook' ? (
          <WebhookFields draft={draft} onChange={change} />
        ) : (
          <EmailFields draft={draft} onChange={change} />
        )}
        <TextInput
          label="Reason"
          description="Kept with the change."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          minLength={3}
          maxLength={500}
          required
        />
        {create.error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {create.error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Make channel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
