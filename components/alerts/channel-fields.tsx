'use client'

import { Checkbox, NumberInput, PasswordInput, Select, SimpleGrid, TagsInput, TextInput } from '@mantine/core'
import type { AlertSeverity } from '#lib/alerts/alert-rule'
import type { AlertChannelView, ChannelConfig } from '#lib/contracts/alert-channels'

/** What the form holds before it is sent. */
export interface ChannelDraft {
  kind: 'webhook' | 'email'
  name: string
  severity: AlertSeverity
  /** None = all. */
  rules: string[]
  url: string
  format: 'standard' | 'slack' | 'teams'
  host: string
  port: number
  security: 'tls' | 'starttls' | 'none'
  user: string
  secret: string
  rotateSecret: boolean
  from: string
  to: string[]
}

export const emptyDraft: ChannelDraft = {
  kind: 'webhook',
  name: '',
  severity: 'warning',
  rules: [],
  url: '',
  format: 'standard',
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  secret: '',
  rotateSecret: false,
  from: '',
  to: [],
}

/** A channel as it stands; its secret is not known here, and stays unless another is given. */
export function draftOf({ name, severity, rules, config }: AlertChannelView): ChannelDraft {
  const own = config.kind === 'email' ? { ...config, user: config.user ?? '' } : config
  return { ...emptyDraft, name, severity, rules: [...(rules ?? [])], ...own }
}

export function configOf(draft: ChannelDraft): ChannelConfig {
  const { url, format, host, port, security, from, to } = draft
  if (draft.kind === 'webhook') return { kind: 'webhook', url, format }
  return { kind: 'email', host, port, security, user: draft.user === '' ? null : draft.user, from, to }
}

interface FieldsProps {
  draft: ChannelDraft
  onChange: (part: Partial<ChannelDraft>) => void
  /** A secret is kept already. */
  hasSecret: boolean
}

const formats = [
  { value: 'standard', label: 'Standard' },
  { value: 'slack', label: 'Slack' },
  { value: 'teams', label: 'Teams' },
] as const

export function WebhookFields({ draft, onChange, hasSecret }: FieldsProps) {
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
      {hasSecret ? (
        <Checkbox
          label="Make a new signing secret"
          description="Shown once. Messages are signed with it from then on; the old one is worth nothing."
          checked={draft.rotateSecret}
          onChange={(event) => onChange({ rotateSecret: event.currentTarget.checked })}
        />
      ) : null}
    </SimpleGrid>
  )
}

const securities = [
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'tls', label: 'TLS' },
  { value: 'none', label: 'None (loopback only)' },
] as const

export function EmailFields({ draft, onChange, hasSecret }: FieldsProps) {
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
        placeholder={hasSecret ? 'stays unless another is given' : undefined}
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
