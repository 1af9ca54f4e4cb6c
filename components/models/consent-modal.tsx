'use client'

import { Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type ConsentOrder, useTrainingDeed } from '#components/data/use-fine-tuning'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'

const answers = [
  { value: 'yes', label: 'granted' },
  { value: 'no', label: 'withdrawn' },
]

/** Records what a person said about training on their words. */
export function ConsentModal({ given, onClose }: { given: Partial<ConsentOrder>; onClose: () => void }) {
  const [accountId, setAccountId] = useState(given.accountId ?? '')
  const [creatorId, setCreatorId] = useState(given.creatorId ?? '')
  const [fanId, setFanId] = useState(given.fanId ?? '')
  const [granted, setGranted] = useState(given.granted ?? true)
  const [evidence, setEvidence] = useState('')
  const deed = useTrainingDeed()
  const isKnown = given.creatorId !== undefined
  const who = fanId === '' ? creatorId || 'the creator' : fanId
  const confirm = (reason: string) => {
    const body = { accountId, creatorId, fanId: fanId === '' ? null : fanId, granted, evidence, reason }
    deed.mutate(
      { kind: 'consent', body },
      {
        onSuccess: () => {
          notifyDone(granted ? `${who} consents` : `${who} no longer consents`)
          onClose()
        },
      },
    )
  }
  const texts = [
    { label: 'Account', value: accountId, set: setAccountId, fixed: isKnown },
    { label: 'Creator', value: creatorId, set: setCreatorId, fixed: isKnown },
    { label: 'Fan', value: fanId, set: setFanId, fixed: isKnown, hint: 'Empty = the creator themselves.' },
  ]
  return (
    <ReasonModal
      opened
      danger={!granted}
      title={granted ? 'Record a consent' : 'Withdraw a consent'}
      effect={
        granted
          ? `Examples of ${who} may be kept and trained on, until they withdraw.`
          : `All examples of ${who} are deleted at once, jobs that learn from them end, and models that did are marked.`
      }
      verb={granted ? 'Record' : 'Withdraw'}
      busy={deed.isPending}
      error={deed.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          {texts.map(({ label, value, set, fixed, hint }) => (
            <TextInput
              key={label}
              label={label}
              description={hint}
              value={value}
              disabled={fixed}
              onChange={(event) => set(event.currentTarget.value)}
              required={label !== 'Fan'}
            />
          ))}
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select
            label="Consent"
            data={answers}
            value={granted ? 'yes' : 'no'}
            onChange={(next) => setGranted(next === 'yes')}
            allowDeselect={false}
          />
          <TextInput
            label="Said in"
            placeholder="settings page, letter of 3 May"
            value={evidence}
            onChange={(event) => setEvidence(event.currentTarget.value)}
            required
          />
        </SimpleGrid>
      </Stack>
    </ReasonModal>
  )
}
