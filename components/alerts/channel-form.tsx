'use client'

import {
  Button,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { type FormEvent, useState } from 'react'
import {
  type ChannelDraft,
  configOf,
  draftOf,
  EmailFields,
  emptyDraft,
  WebhookFields,
} from '#components/alerts/channel-fields'
import { useChangeChannel, useCreateChannel } from '#components/data/use-alert-channels'
import { useAlertRules } from '#components/data/use-alerts'
import { notifyDone } from '#components/ui/notify'
import { alertSeverities } from '#lib/alerts/alert-rule'
import type { AlertChannelView } from '#lib/contracts/alert-channels'

const kinds = [
  { value: 'webhook', label: 'Webhook' },
  { value: 'email', label: 'Mail' },
]

export interface ChannelFormProps {
  /** The channel to be changed; null = a new one. */
  channel: AlertChannelView | null
  /** The signing secret that was made, if one was. */
  onSaved: (secret: string | null) => void
  onCancel: () => void
}

/** Where alerts go from now on, and which of them. */
export function ChannelForm({ channel, onSaved, onCancel }: ChannelFormProps) {
  const [draft, setDraft] = useState<ChannelDraft>(channel ? draftOf(channel) : emptyDraft)
  const [reason, setReason] = useState('')
  const save = useSaveChannel(channel)
  const change = (part: Partial<ChannelDraft>) => setDraft({ ...draft, ...part })
  const fields = { draft, onChange: change, hasSecret: channel?.hasSecret ?? false }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.run(draft, { reason: reason.trim(), onSaved })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {channel === null ? (
          <SegmentedControl
            aria-label="Kind"
            data={kinds}
            value={draft.kind}
            onChange={(kind) => change({ kind: kind === 'email' ? 'email' : 'webhook' })}
          />
        ) : null}
        <WhichAlerts draft={draft} onChange={change} />
        {draft.kind === 'webhook' ? <WebhookFields {...fields} /> : <EmailFields {...fields} />}
        <TextInput
          label="Reason"
          description="Kept with the change."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          minLength={3}
          maxLength={500}
          required
        />
        {save.error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {save.error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {channel === null ? 'Make channel' : 'Save channel'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function WhichAlerts(props: { draft: ChannelDraft; onChange: (part: Partial<ChannelDraft>) => void }) {
  const { draft, onChange } = props
  const rules = useAlertRules().data?.rules ?? []
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label="Name"
          placeholder="On call"
          value={draft.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          minLength={2}
          maxLength={80}
          required
          data-autofocus
        />
        <Select
          label="From severity"
          data={[...alertSeverities]}
          value={draft.severity}
          onChange={(value) =>
            onChange({ severity: alertSeverities.find((one) => one === value) ?? 'warning' })
          }
          allowDeselect={false}
        />
      </SimpleGrid>
      <MultiSelect
        label="Only these rules"
        placeholder={draft.rules.length === 0 ? 'All, also those to come' : undefined}
        data={rules.map(({ rule }) => ({ value: rule.id, label: rule.name }))}
        value={draft.rules}
        onChange={(chosen) => onChange({ rules: chosen })}
        searchable
        clearable
      />
    </>
  )
}

/** Makes the channel, or changes the one there is; it stays on or off as it was. */
function useSaveChannel(channel: AlertChannelView | null) {
  const create = useCreateChannel()
  const update = useChangeChannel()
  const run = (draft: ChannelDraft, given: { reason: string; onSaved: (secret: string | null) => void }) => {
    const body = {
      name: draft.name,
      enabled: channel?.enabled ?? true,
      severity: draft.severity,
      rules: draft.rules.length === 0 ? null : draft.rules,
      config: configOf(draft),
      ...(draft.secret === '' ? {} : { secret: draft.secret }),
      reason: given.reason,
    }
    const onSuccess = ({ secret }: { secret: string | null }) => {
      notifyDone(channel ? 'The channel is changed' : 'The channel is made', draft.name)
      given.onSaved(secret)
    }
    if (channel === null) return create.mutate(body, { onSuccess })
    const rotateSecret = draft.kind === 'webhook' && draft.rotateSecret
    update.mutate({ ...body, id: channel.id, rotateSecret }, { onSuccess })
  }
  const used = channel === null ? create : update
  return { run, error: used.error, isPending: used.isPending }
}
