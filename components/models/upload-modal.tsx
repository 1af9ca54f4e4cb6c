'use client'

import { FileInput, List, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ApiProblem } from '#components/data/api-problem'
import { useUploadExamples } from '#components/data/use-fine-tuning'
import { formatCount } from '#components/ui/format-number'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import classes from './models.module.css'

/** Hands in a JSONL file of examples; every broken line is named, and then nothing is taken. */
export function UploadModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null)
  const upload = useUploadExamples()
  const close = () => {
    upload.reset()
    setFile(null)
    onClose()
  }
  const problems = upload.error instanceof ApiProblem ? upload.error.fieldErrors : []
  const confirm = (reason: string) => {
    if (!file) return
    upload.mutate(
      { file, reason },
      {
        onSuccess: ({ added, duplicates, refused, redactions }) => {
          notifyDone(
            `${formatCount(added)} examples were added`,
            `${formatCount(duplicates)} were there already, ${formatCount(refused)} without consent were left out, ${formatCount(redactions)} were redacted.`,
          )
          close()
        },
      },
    )
  }
  return (
    <ReasonModal
      opened={opened}
      title="Upload examples"
      effect="Each line is one example. What identifies people is hidden before it is stored; lines of persons who did not consent are left out."
      verb="Upload"
      busy={upload.isPending}
      error={problems.length > 1 ? null : upload.error}
      onClose={close}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <FileInput
          label="File"
          description="JSONL, at most 25 MiB."
          placeholder="Choose a file"
          accept=".jsonl,application/jsonl,text/plain"
          value={file}
          onChange={setFile}
          required
        />
        <pre className={classes.prompt}>
          {
            '{"accountId": "acc_1", "creatorId": "mia", "fanId": null, "messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}'
          }
        </pre>
        {problems.length > 1 ? (
          <div role="alert">
            <Text size="sm" c="var(--c-bad)">
              The file was not taken:
            </Text>
            <List size="sm">
              {problems.map(({ path, message }) => (
                <List.Item key={path}>
                  {path} {message}
                </List.Item>
              ))}
            </List>
          </div>
        ) : null}
      </Stack>
    </ReasonModal>
  )
}
