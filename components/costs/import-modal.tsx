'use client'

import { Button, FileInput, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useUploadExport } from '#components/data/use-reconciliations'
import { formatCompact } from '#components/ui/format-number'
import { notifyDone } from '#components/ui/notify'
import { largestExportBytes } from '#lib/contracts/reconciliations'

export interface ImportModalProps {
  opened: boolean
  onClose: () => void
  /** The file has arrived; its lines are read next. */
  onArrived: (id: string) => void
}

/** Sends a usage export from the person's disk. */
export function ImportModal(props: ImportModalProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Import a usage export">
      <ImportForm {...props} />
    </Modal>
  )
}

function ImportForm({ onClose, onArrived }: ImportModalProps) {
  const [file, setFile] = useState<File | null>(null)
  const [reason, setReason] = useState('')
  const [share, setShare] = useState(0)
  const upload = useUploadExport()
  const stop = useRef<AbortController | null>(null)
  // Closing the dialog stops the upload; what has not arrived leaves nothing behind.
  useEffect(() => () => stop.current?.abort(), [])
  const problem = fileProblem(file)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!file || problem) return
    stop.current = new AbortController()
    upload.mutate(
      { file, reason: reason.trim(), onProgress: setShare, signal: stop.current.signal },
      {
        onSuccess: ({ id, state }) => {
          notifyDone(
            state === 'ready' ? `${file.name} was in already` : `${file.name} has arrived`,
            state === 'ready' ? 'The same file is taken in once.' : 'Its lines are being read.',
          )
          onArrived(id)
          onClose()
        },
      },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">
          A cost and usage details export of Azure Cost Management, actual or amortised, in CSV. It counts in
          whole or not at all; a mistake is named by line and column.
        </Text>
        <FileInput
          label="File"
          placeholder="Choose a CSV file"
          accept=".csv,text/csv"
          leftSection={<IconFileTypeCsv size={16} />}
          value={file}
          onChange={setFile}
          error={problem}
          clearable
          required
        />
        <TextInput
          label="Reason"
          description="Kept with the import."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          minLength={3}
          maxLength={500}
          required
        />
        {upload.isPending ? (
          <div>
            <Progress value={share * 100} aria-label="Sent" />
            <Text size="xs" c="var(--c-text-soft)">
              {formatCompact(Math.round(share * (file?.size ?? 0)))} of {formatCompact(file?.size)} bytes sent
            </Text>
          </div>
        ) : null}
        {upload.error && upload.error.name !== 'AbortError' ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {upload.error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {upload.isPending ? 'Stop' : 'Cancel'}
          </Button>
          <Button
            type="submit"
            loading={upload.isPending}
            disabled={!file || problem !== null || reason.trim().length < 3}
          >
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function fileProblem(file: File | null): string | null {
  if (file === null) return null
  if (file.size === 0) return 'The file is empty.'
  if (file.size > largestExportBytes)
    return 'The file is larger than 2 GiB: export fewer days, or by subscription.'
  return null
}
