'use client'

import { Button, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import { ChannelForm } from '#components/alerts/channel-form'
import { CopyId } from '#components/ui/copy-id'
import type { AlertChannelView } from '#lib/contracts/alert-channels'
import classes from './alerts.module.css'

interface ChannelModalProps {
  opened: boolean
  /** The channel to be changed; null = a new one. */
  channel: AlertChannelView | null
  onClose: () => void
}

/** Makes or changes a channel; a signing secret that was made is shown once. */
export function ChannelModal({ opened, channel, onClose }: ChannelModalProps) {
  const [secret, setSecret] = useState<string | null>(null)
  const close = () => {
    setSecret(null)
    onClose()
  }
  const title = channel === null ? 'New channel' : `Edit “${channel.name}”`
  return (
    <Modal opened={opened} onClose={close} title={secret === null ? title : 'Its signing secret'} size="lg">
      {secret === null ? (
        <ChannelForm
          key={channel?.id ?? 'new'}
          channel={channel}
          onSaved={(made) => {
            if (made === null) close()
            else setSecret(made)
          }}
          onCancel={close}
        />
      ) : (
        <Stack gap="sm">
          <p className={classes.soft}>
            Copy it now: you will not see it again. The receiver checks the header webhook-signature with it,
            as Standard Webhooks describe.
          </p>
          <CopyId value={secret} label="signing secret" />
          <Button onClick={close}>I have kept it</Button>
        </Stack>
      )}
    </Modal>
  )
}
