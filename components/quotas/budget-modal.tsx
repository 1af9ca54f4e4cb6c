'use client'

import { Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useQuotaDeed } from '#components/data/use-quotas'
import { noTarget, TargetFields, targetBody } from '#components/quotas/target-fields'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'

/** Sets a budget; the one for the same account, scope and window goes. */
export function BudgetModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [target, setTarget] = useState(noTarget)
  const [limitUsd, setLimitUsd] = useState('')
  const [window, setWindow] = useState<'day' | 'month'>('month')
  const [kind, setKind] = useState<'soft' | 'hard'>('hard')
  const change = useQuotaDeed()
  const close = () => {
    change.reset()
    onClose()
  }
  const confirm = (reason: string) =>
    change.mutate(
      { kind: 'budget', body: { ...targetBody(target), window, kind, limitUsd: limitUsd.trim(), reason } },
      {
        onSuccess: () => {
          notifyDone('The budget is set', 'It counts what this window has spent already.')
          close()
        },
      },
    )
  return (
    <ReasonModal
      opened={opened}
      title="Set budget"
      effect="Counts the whole cost in a UTC day or month, what is spent already included."
      verb="Set budget"
      busy={change.isPending}
      error={change.error}
      onClose={close}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <TargetFields target={target} onChange={setTarget} />
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          <TextInput
            label="Amount, USD"
            placeholder="250.00"
            inputMode="decimal"
            value={limitUsd}
            onChange={(event) => setLimitUsd(event.currentTarget.value)}
            required
          />
          <Select
            label="Every"
            data={['day', 'month']}
            value={window}
            onChange={(value) => setWindow(value === 'day' ? 'day' : 'month')}
            allowDeselect={false}
          />
          <Select
            label="Kind"
            data={[
              { value: 'hard', label: 'hard: refuses' },
              { value: 'soft', label: 'soft: tells' },
            ]}
            value={kind}
            onChange={(value) => setKind(value === 'soft' ? 'soft' : 'hard')}
            allowDeselect={false}
          />
        </SimpleGrid>
      </Stack>
    </ReasonModal>
  )
}
