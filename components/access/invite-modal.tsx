'use client'

import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useCreateInvite } from '#components/data/use-users'
import { CopyIconButton } from '#components/ui/copy-id'
import { RelativeTime } from '#components/ui/relative-time'
import { roleWords } from '#components/ui/role-words'
import type { InviteLink } from '#lib/contracts/access'
import classes from './access.module.css'

/** Makes a link with which one person creates their own account. */
export function InviteModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [link, setLink] = useState<InviteLink | null>(null)
  const close = () => {
    setLink(null)
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title="Invite a person">
      {link ? <ShownLink link={link} onDone={close} /> : <InviteForm onCreated={setLink} onCancel={close} />}
    </Modal>
  )
}

function ShownLink({ link, onDone }: { link: InviteLink; onDone: () => void }) {
  return (
    <Stack gap="sm">
      <p className={classes.once}>Send it to the person yourself: you will not see it again.</p>
      <div className={classes.secret}>
        <code>{link.url}</code>
        <CopyIconButton value={link.url} label="link" />
      </div>
      <Text size="sm" c="dimmed">
        Works once, and ends <RelativeTime at={link.expiresAt} />.
      </Text>
      <Group justify="flex-end">
        <Button onClick={onDone}>Done</Button>
      </Group>
    </Stack>
  )
}

function InviteForm(props: { onCreated: (link: InviteLink) => void; onCancel: () => void }) {
  const [role, setRole] = useState('viewer')
  const [email, setEmail] = useState('')
  const create = useCreateInvite()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const chosen = roleWords.find(({ value }) => value === role)?.value ?? 'viewer'
    create.mutate({ role: chosen, email: email.trim() || null }, { onSuccess: props.onCreated })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Radio.Group label="Role" value={role} onChange={setRole}>
          <Stack gap={10} mt={8}>
            {roleWords.map(({ value, label, may }) => (
              <Radio key={value} size="xs" value={value} label={`${label}: ${may}`} />
            ))}
          </Stack>
        </Radio.Group>
        <TextInput
          label="E-mail"
          description="Optional: then only this address can use the link."
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {create.error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {create.error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create link
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
