'use client'

import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useQuotaDeed } from '#components/data/use-quotas'
import { MeterFields } from '#components/quotas/meter-fields'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { PlanView } from '#lib/contracts/quotas'
import { quotaScopes } from '#lib/quotas/quota-terms'

type PlanLimit = PlanView['limits'][number]
type EditedLimit = PlanLimit & { key: number }

const firstLimit: PlanLimit = { scope: 'account', measure: 'requests', window: 'minute', limit: '' }

/** Edits a plan's limits, or makes a plan. */
export function PlanModal({ plan, onClose }: { plan: PlanView; onClose: () => void }) {
  const [name, setName] = useState(plan.name)
  const [loss, setLoss] = useState(plan.onAuthorityLoss)
  const [limits, setLimits] = useState<EditedLimit[]>(plan.limits.map((one, key) => ({ ...one, key })))
  const change = useQuotaDeed()
  const confirm = (reason: string) => {
    const body = {
      name: name.trim(),
      onAuthorityLoss: loss,
      limits: limits.map(({ key: _key, ...one }) => ({ ...one, limit: one.limit.trim() })),
      reason,
    }
    change.mutate(
      { kind: 'plan', body },
      {
        onSuccess: () => {
          notifyDone(`The plan ${body.name} is changed`, 'It holds on every instance within a second.')
          onClose()
        },
      },
    )
  }
  const nextKey = Math.max(-1, ...limits.map(({ key }) => key)) + 1
  return (
    <ReasonModal
      opened
      title={plan.name === '' ? 'New plan' : `Change the plan ${plan.name}`}
      effect={
        plan.keys === 0
          ? 'No key is under it yet.'
          : `Holds at once for the ${plan.keys} ${plan.keys === 1 ? 'key' : 'keys'} under it.`
      }
      verb={plan.name === '' ? 'Make plan' : 'Change plan'}
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            disabled={plan.name !== ''}
            required
          />
          <Select
            label="If it cannot be counted"
            data={[
              { value: 'open', label: 'admit requests' },
              { value: 'closed', label: 'refuse requests' },
            ]}
            value={loss}
            onChange={(value) => setLoss(value === 'closed' ? 'closed' : 'open')}
            allowDeselect={false}
          />
        </SimpleGrid>
        {limits.map((one) => (
          <LimitFields
            key={one.key}
            limit={one}
            onChange={(next) =>
              setLimits(limits.map((other) => (other.key === one.key ? { ...next, key: one.key } : other)))
            }
            onRemove={() => setLimits(limits.filter(({ key }) => key !== one.key))}
          />
        ))}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setLimits([...limits, { ...firstLimit, key: nextKey }])}
          >
            Add a limit
          </Button>
        </Group>
      </Stack>
    </ReasonModal>
  )
}

interface LimitFieldsProps {
  limit: PlanLimit
  onChange: (limit: PlanLimit) => void
  onRemove: () => void
}

function LimitFields({ limit, onChange, onRemove }: LimitFieldsProps) {
  return (
    <Group gap="xs" align="end" wrap="nowrap">
      <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="xs" style={{ flex: 1 }}>
        <Select
          label="Per"
          data={[...quotaScopes]}
          value={limit.scope}
          onChange={(value) =>
            onChange({ ...limit, scope: quotaScopes.find((known) => known === value) ?? 'account' })
          }
          allowDeselect={false}
        />
        <MeterFields choice={limit} onChange={(choice) => onChange({ ...limit, ...choice })} />
        <TextInput
          label="At most"
          inputMode="decimal"
          value={limit.limit}
          onChange={(event) => onChange({ ...limit, limit: event.currentTarget.value })}
          required
        />
      </SimpleGrid>
      <ActionIcon
        variant="subtle"
        color="red"
        size="input-sm"
        aria-label="Remove this limit"
        onClick={onRemove}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  )
}
