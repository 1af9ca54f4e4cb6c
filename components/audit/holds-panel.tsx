'use client'

import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { usePlaceHold, useReleaseHold } from '#components/data/use-audit'
import { type Column, DataTable } from '#components/ui/data-table'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AuditHoldView } from '#lib/contracts/audit'
import classes from './audit.module.css'

/** Legal holds: what must not be purged after 90 days. */
export function HoldsPanel({ holds }: { holds: readonly AuditHoldView[] }) {
  const [placing, setPlacing] = useState(false)
  const [releasing, setReleasing] = useState<AuditHoldView | null>(null)
  const columns: readonly Column<AuditHoldView>[] = [
    { id: 'from', label: 'From day (UTC)', render: ({ fromDay }) => fromDay },
    { id: 'reason', label: 'Reason', render: ({ reason }) => reason },
    {
      id: 'state',
      label: 'State',
      render: (hold) =>
        hold.releasedAt === null ? (
          <GuardedButton needs="admin" size="compact-sm" variant="default" onClick={() => setReleasing(hold)}>
            Release
          </GuardedButton>
        ) : (
          `released: ${hold.releaseReason ?? ''}`
        ),
    },
  ]
  return (
    <Panel
      title="Legal holds"
      hint="entries are kept for 90 days"
      flush
      actions={
        <GuardedButton needs="admin" size="compact-sm" variant="default" onClick={() => setPlacing(true)}>
          Place a hold
        </GuardedButton>
      }
    >
      {holds.length === 0 ? (
        <p className={classes.empty}>None. Days past their retention are purged behind a checkpoint.</p>
      ) : (
        <DataTable label="Legal holds" columns={columns} rows={holds} rowKey={({ id }) => id} />
      )}
      <PlaceHold opened={placing} onClose={() => setPlacing(false)} />
      <ReleaseHold hold={releasing} onClose={() => setReleasing(null)} />
    </Panel>
  )
}

function PlaceHold({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const place = usePlaceHold()
  const [fromDay, setFromDay] = useState('')
  return (
    <ReasonModal
      opened={opened}
      title="Place a legal hold"
      effect="Nothing of that day and later is purged until the hold is released."
      verb="Place the hold"
      busy={place.isPending}
      error={place.error}
      onClose={onClose}
      onConfirm={(reason) => place.mutate({ fromDay, reason }, { onSuccess: onClose })}
    >
      <TextInput
        type="date"
        label="From day (UTC)"
        value={fromDay}
        onChange={(event) => setFromDay(event.currentTarget.value)}
        required
      />
    </ReasonModal>
  )
}

function ReleaseHold({ hold, onClose }: { hold: AuditHoldView | null; onClose: () => void }) {
  const release = useReleaseHold()
  return (
    <ReasonModal
      opened={hold !== null}
      title="Release the legal hold"
      effect="Days past their retention are purged again, from the next day on."
      verb="Release"
      busy={release.isPending}
      error={release.error}
      onClose={onClose}
      onConfirm={(reason) => hold && release.mutate({ id: hold.id, reason }, { onSuccess: onClose })}
    />
  )
}
