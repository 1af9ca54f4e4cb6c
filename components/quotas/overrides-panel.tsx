'use client'

import { IconClockPause, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { OverrideModal } from '#components/quotas/override-modal'
import { amountWords, meterWords, scopeWords } from '#components/quotas/quota-words'
import { RemoveModal } from '#components/quotas/remove-modal'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import type { OverrideView } from '#lib/contracts/quotas'
import classes from './quotas.module.css'

/** Exceptions that end by themselves. */
export function OverridesPanel({ overrides }: { overrides: readonly OverrideView[] }) {
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<OverrideView | null>(null)
  return (
    <Panel
      title="Overrides"
      hint="in place of plan and budget until they end"
      flush
      actions={
        <GuardedButton
          needs="operator"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Override a limit
        </GuardedButton>
      }
    >
      {overrides.length > 0 ? (
        <DataTable label="Overrides" columns={columns(setEnding)} rows={overrides} rowKey={({ id }) => id} />
      ) : (
        <EmptyNotice icon={<IconClockPause size={18} />} title="No exception at the moment">
          An override raises or lifts one limit for a while, and ends by itself.
        </EmptyNotice>
      )}
      <OverrideModal opened={adding} onClose={() => setAdding(false)} />
      {ending ? (
        <RemoveModal
          title="End override"
          effect={`${scopeWords(ending)} is limited by plan and budgets again at once.`}
          verb="End override"
          deed={{ kind: 'end_override', id: ending.id, accountId: ending.accountId }}
          onClose={() => setEnding(null)}
        />
      ) : null}
    </Panel>
  )
}

function columns(onEnd: (override: OverrideView) => void): readonly Column<OverrideView>[] {
  return [
    {
      id: 'for',
      label: 'For',
      sortBy: scopeWords,
      render: (row) => <strong className={classes.id}>{scopeWords(row)}</strong>,
    },
    { id: 'meter', label: 'Limit', sortBy: meterWords, render: meterWords },
    {
      id: 'limit',
      label: 'Is',
      numeric: true,
      render: ({ measure, limit }) => (limit === null ? 'lifted' : amountWords(measure, limit)),
    },
    {
      id: 'ends',
      label: 'Ends',
      sortBy: ({ expiresAt }) => expiresAt,
      render: ({ expiresAt }) => <RelativeTime at={expiresAt} />,
    },
    { id: 'reason', label: 'Reason', render: ({ reason }) => reason },
    {
      id: 'end',
      label: '',
      render: (row) => (
        <GuardedButton
          needs="operator"
          variant="subtle"
          size="compact-xs"
          aria-label={`End the override of ${scopeWords(row)}`}
          onClick={() => onEnd(row)}
        >
          End
        </GuardedButton>
      ),
    },
  ]
}
