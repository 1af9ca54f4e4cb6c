'use client'

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'

export interface ReasonModalProps {
  opened: boolean
  title: string
  /** What will happen, in one sentence. */
  effect: string
  /** Verb on the button. */
  verb: string
  /** A word that has to be typed first, for what cannot be taken back. */
  typedWord?: string
  /** What else has to be chosen. */
  children?: ReactNode
  danger?: boolean
  /** Mantine's; `md` where nobody says. */
  size?: 'md' | 'xl'
  busy: boolean
  error: Error | null
  onClose: () => void
  onConfirm: (reason: string) => void
}

/** Asks for the reason of a change, and for a typed word where the change is dangerous. */
export function ReasonModal(props: ReasonModalProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size={props.size ?? 'md'}>
      <ReasonForm {...props} />
    </Modal>
  )
}

function ReasonForm(props: ReasonModalProps) {
  const { effect, verb, typedWord, danger, busy, error, onClose, onConfirm } = props
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const ready = reason.trim().length >= 3 && (typedWord === undefined || typed === typedWord)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) onConfirm(reason.trim())
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{effect}</Text>
        {props.children}
        <TextInput
          label="Reason"
          description="Kept with the change."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          data-autofocus
          required
        />
        {typedWord === undefined ? null : (
          <TextInput
            label={`Type “${typedWord}” to confirm`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            required
          />
        )}
        {error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={danger ? 'red.8' : undefined} disabled={!ready} loading={busy}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
