'use client'

import { Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useQuotaDeed } from '#components/data/use-quotas'
import { type MeterChoice, MeterFields } from '#components/quotas/meter-fields'
import { noTarget, TargetFields, targetBody } from '#components/quotas/target-fields'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'

const spans = [
  { value: '1', label: '1 hour' },
  { value: '4', label: '4 hours' },
  { value: '24', label: '1 day' },
  { value: '168', label: '7 days' },
]

/** Raises or lifts one limit for a while. */
export function OverrideModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [target, setTarget] = useState(noTarget)
  const [choice, setChoice] = useState<MeterChoice>({ measure: 'cost', window: 'month' })
  const [limit, setLimit] = useState('')
  const [hours, setHours] = useState('4')
  const change = useQuotaDeed()
  const close = () => {
    change.reset()
    onClose()
  }
  const confirm = (reason: string) => {
    const expiresAt = new Date(Date.now() + Number(hours) * 3_600_000).toISOString()
    const wanted = limit.trim() === '' ? null : limit.trim()
    change.mutate(
      { kind: 'override', body: { ...targetBody(target), ...choice, limit: wanted, expiresAt, reason } },
      {
        onSuccess: () => {
          notifyDone('The override holds', 'It ends by itself.')
          close()
        },
      },
    )
  }
  return (
    <ReasonModal
      opened={opened}
      title="Override a limit"
      effect="Stands in place of the plan's limit and of a hard budget until it ends."
      verb="Override"
      busy={change.isPending}
      error={change.error}
      onClose={close}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <TargetFields target={target} onChange={setTarget} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <MeterFields choice={choice} onChange={setChoice} />
          <TextInput
            label="New limit"
            description="Empty lifts it."
            inputMode="decimal"
            value={limit}
            onChange={(event) => setLimit(event.currentTarget.value)}
          />
          <Select
            label="Ends after"
            description="By itself."
            data={spans}
            value={hours}
            onChange={(value) => setHours(value ?? '4')}
            allowDeselect={false}
          />
        </SimpleGrid>
      </Stack>
    </ReasonModal>
  )
}
