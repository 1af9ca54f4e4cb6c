'use client'

import { Button, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import { ChannelForm } from '#components/alerts/channel-form'
import { CopyId } from '#components/ui/copy-id'
import classes from './alerts.module.css'

/** Makes a channel; a signing secret is shown once. */
export function ChannelModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null)
  const close = () => {
    setSecret(null)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === null ? 'New channel' : 'Its signing secret'}
      size="lg"
    >
      {secret === null ? (
        <ChannelForm
          onCreated={(made) => {
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
