'use client'

import { NumberInput, PasswordInput, Select, SimpleGrid, TagsInput, TextInput } from '@mantine/core'
import type { ChannelConfig } from '#lib/contracts/alert-channels'

/** What the form holds before it is sent. */
export interface ChannelDraft {
  kind: 'webhook' | 'email'
  name: string
  url: string
  format: 'standard' | 'slack' | 'teams'
  host: string
  port: number
  security: 'tls' | 'starttls' | 'none'
  user: string
  secret: string
  from: string
  to: string[]
}

export const emptyDraft: ChannelDraft = {
  kind: 'webhook',
  name: '',
  url: '',
  format: 'standard',
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  secret: '',
  from: '',
  to: [],
}

export function configOf(draft: ChannelDraft): ChannelConfig {
  const { url, format, host, port, security, from, to } = draft
  if (draft.kind === 'webhook') return { kind: 'webhook', url, format }
  return { kind: 'email', host, port, security, user: draft.user === '' ? null : draft.user, from, to }
}

interface FieldsProps {
  draft: ChannelDraft
  onChange: (part: Partial<ChannelDraft>) => void
}

const formats = [
  { value: 'standard', label: 'Standard' },
  { value: 'slack', label: 'Slack' },
  { value: 'teams', label: 'Teams' },
] as const

export function WebhookFields({ draft, onChange }: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <TextInput
        label="URL"
        placeholder="https://alerts.example.com/hook"
        value={draft.url}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
        required
      />
      <Select
        label="Shape"
        data={formats}
        value={draft.format}
        onChange={(value) =>
          onChange({ format: formats.find((one) => one.value === value)?.value ?? 'standard' })
        }
        allowDeselect={false}
      />
    </SimpleGrid>
  )
}

const securities = [
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'tls', label: 'TLS' },
  { value: 'none', label: 'None (loopback only)' },
] as const

export function EmailFields({ draft, onChange }: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <TextInput
        label="Mail server"
        value={draft.host}
        onChange={(event) => onChange({ host: event.currentTarget.value })}
        required
      />
      <NumberInput
        label="Port"
        value={draft.port}
        onChange={(value) => onChange({ port: Number(value) })}
        min={1}
        max={65_535}
      />
      <Select
        label="Encryption"
        data={securities}
        value={draft.security}
        onChange={(value) =>
          onChange({ security: securities.find((one) => one.value === value)?.value ?? 'starttls' })
        }
        allowDeselect={false}
      />
      <TextInput
        label="User"
        value={draft.user}
        onChange={(event) => onChange({ user: event.currentTarget.value })}
        autoComplete="off"
      />
      <PasswordInput
        label="Password"
        value={draft.secret}
        onChange={(event) => onChange({ secret: event.currentTarget.value })}
        autoComplete="new-password"
      />
      <TextInput
        label="From"
        type="email"
        value={draft.from}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
        required
      />
      <TagsInput label="To" value={draft.to} onChange={(to) => onChange({ to })} />
    </SimpleGrid>
  )
}
