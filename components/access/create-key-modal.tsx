'use client'

import { Modal } from '@mantine/core'
import { useState } from 'react'
import { CreateKeyForm } from '#components/access/create-key-form'
import { CreatedSecret } from '#components/access/created-secret'
import type { CreatedKey } from '#lib/contracts/access'

/** Makes a key and shows its secret once. While the secret is shown, only its own button closes the dialog. */
export function CreateKeyModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [created, setCreated] = useState<CreatedKey | null>(null)
  const close = () => {
    setCreated(null)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={created ? `Key “${created.key.name}”` : 'Create an API key'}
      closeOnClickOutside={created === null}
      closeOnEscape={created === null}
      withCloseButton={created === null}
    >
      {created ? (
        <CreatedSecret created={created} onDone={close} />
      ) : (
        <CreateKeyForm onCreated={setCreated} onCancel={close} />
      )}
    </Modal>
  )
}
