'use client'

import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { PlanModal } from '#components/quotas/plan-modal'
import { amountWords, meterWords } from '#components/quotas/quota-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import type { PlanView } from '#lib/contracts/quotas'
import classes from './quotas.module.css'

const newPlan: PlanView = { name: '', builtIn: false, onAuthorityLoss: 'open', limits: [], keys: 0 }

/** What each plan allows; a change holds for every key under it. */
export function PlansPanel({ plans }: { plans: readonly PlanView[] }) {
  const [editing, setEditing] = useState<PlanView | null>(null)
  return (
    <Panel
      title="Plans"
      hint="a change holds for every key under the plan"
      flush
      actions={
        <GuardedButton
          needs="admin"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setEditing(newPlan)}
        >
          New plan
        </GuardedButton>
      }
    >
      <DataTable label="Plans" columns={columns(setEditing)} rows={plans} rowKey={({ name }) => name} />
      {editing ? <PlanModal plan={editing} onClose={() => setEditing(null)} /> : null}
    </Panel>
  )
}

function columns(onEdit: (plan: PlanView) => void): readonly Column<PlanView>[] {
  return [
    {
      id: 'name',
      label: 'Plan',
      width: 120,
      sortBy: ({ name }) => name,
      render: ({ name }) => <strong>{name}</strong>,
    },
    {
      id: 'limits',
      label: 'Limits',
      width: 420,
      render: ({ limits }) =>
        limits.length === 0 ? (
          <span className={classes.muted}>none: nothing is limited</span>
        ) : (
          <ul className={classes.limits}>
            {limits.map((one) => (
              <li key={`${one.scope} ${meterWords(one)}`}>
                {amountWords(one.measure, one.limit)}{' '}
                {one.measure === 'cost' ? `a ${one.window}` : meterWords(one)}{' '}
                <span className={classes.muted}>per {one.scope}</span>
              </li>
            ))}
          </ul>
        ),
    },
    {
      id: 'loss',
      label: 'If it cannot be counted',
      width: 170,
      render: ({ onAuthorityLoss }) => (onAuthorityLoss === 'open' ? 'admits' : 'refuses'),
    },
    {
      id: 'keys',
      label: 'Keys',
      numeric: true,
      width: 80,
      sortBy: ({ keys }) => keys,
      render: ({ keys }) => formatCount(keys),
    },
    {
      id: 'edit',
      label: '',
      width: 90,
      render: (plan) =>
        plan.name === 'unlimited' ? null : (
          <GuardedButton
            needs="admin"
            variant="subtle"
            size="compact-xs"
            aria-label={`Change the plan ${plan.name}`}
            onClick={() => onEdit(plan)}
          >
            Change
          </GuardedButton>
        ),
    },
  ]
}
