'use client'

import { Select, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useWarmUpDeed } from '#components/data/use-answer-cache'
import { useKeys } from '#components/data/use-keys'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import { chatRequestBody } from '#lib/contracts/openai'

const example = JSON.stringify(
  { model: 'premium', temperature: 0, messages: [{ role: 'user', content: '…' }] },
  null,
  2,
)

/** Puts one request on the warm-up list. */
export function AddWarmUpModal({ onClose }: { onClose: () => void }) {
  const keys = useKeys()
  const deed = useWarmUpDeed()
  const [keyId, setKeyId] = useState<string | null>(null)
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<Error | null>(null)
  const confirm = (reason: string) => {
    const request = readRequest(text)
    if (request instanceof Error || keyId === null) {
      setProblem(request instanceof Error ? request : new Error('Choose the key in whose name it is asked.'))
      return
    }
    setProblem(null)
    deed.mutate(
      { kind: 'add', body: { keyId, request, reason } },
      {
        onSuccess: () => {
          notifyDone('The request is on the list', 'It is asked at the next warm-up.')
          onClose()
        },
      },
    )
  }
  return (
    <ReasonModal
      opened
      title="Add a request to the warm-up list"
      effect="It is asked exactly as it stands here, so it has to be equal to what callers send."
      verb="Add request"
      busy={deed.isPending}
      error={problem ?? deed.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <Select
          label="Key"
          description="Its account pays, and its plan’s limits hold."
          data={(keys.data?.keys ?? [])
            .filter(({ state }) => state === 'active')
            .map(({ id, name, accountId }) => ({ value: id, label: `${name} (${accountId})` }))}
          value={keyId}
          onChange={setKeyId}
          searchable
          required
        />
        <Textarea
          label="Request"
          description="Body of POST /api/v1/chat/completions as JSON. It must name no creator or fan."
          placeholder={example}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={6}
          maxRows={16}
          required
        />
      </Stack>
    </ReasonModal>
  )
}

function readRequest(text: string) {
  try {
    const parsed = chatRequestBody.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    return new Error(`Request: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is no chat request'}`)
  } catch {
    return new Error('Request: this is no JSON.')
  }
}
