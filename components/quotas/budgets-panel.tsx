'use client'

import { IconCoin, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { BudgetModal } from '#components/quotas/budget-modal'
import { scopeWords } from '#components/quotas/quota-words'
import { RemoveModal } from '#components/quotas/remove-modal'
import { ShareBar } from '#components/quotas/share-bar'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { formatUsdText } from '#components/ui/format-usd-text'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { BudgetView } from '#lib/contracts/quotas'
import classes from './quotas.module.css'

/** Money that may be spent, and how near it is. */
export function BudgetsPanel({ budgets }: { budgets: readonly BudgetView[] }) {
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<BudgetView | null>(null)
  return (
    <Panel
      title="Budgets"
      hint="alerts at 80, 90 and 100 %"
      flush
      actions={
        <GuardedButton
          needs="operator"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Set budget
        </GuardedButton>
      }
    >
      {budgets.length > 0 ? (
        <DataTable label="Budgets" columns={columns(setRemoving)} rows={budgets} rowKey={({ id }) => id} />
      ) : (
        <EmptyNotice icon={<IconCoin size={18} />} title="No budget yet">
          A hard budget refuses what would exceed it with 429; a soft one only raises alerts.
        </EmptyNotice>
      )}
      <BudgetModal opened={adding} onClose={() => setAdding(false)} />
      {removing ? (
        <RemoveModal
          title="Remove budget"
          effect={`${scopeWords(removing)} may spend past ${formatUsdText(removing.limitUsd)} a ${removing.window}; the plan's limits stay.`}
          verb="Remove budget"
          deed={{ kind: 'remove_budget', id: removing.id, accountId: removing.accountId }}
          onClose={() => setRemoving(null)}
        />
      ) : null}
    </Panel>
  )
}

/** The highest threshold that was passed, and when. */
function Crossed({ crossed }: Pick<BudgetView, 'crossed'>) {
  const [highest] = crossed.toSorted((a, b) => b.threshold - a.threshold)
  if (!highest) return <span className={classes.muted}>nothing yet</span>
  return (
    <span className={classes.amounts}>
      {highest.threshold} % <RelativeTime at={highest.at} />
    </span>
  )
}

function columns(onRemove: (budget: BudgetView) => void): readonly Column<BudgetView>[] {
  return [
    {
      id: 'for',
      label: 'For',
      sortBy: scopeWords,
      render: (row) => <strong className={classes.id}>{scopeWords(row)}</strong>,
    },
    {
      id: 'kind',
      label: 'Kind',
      sortBy: ({ kind }) => kind,
      render: ({ kind }) =>
        kind === 'hard' ? (
          <StateTag tone="bad">hard: refuses</StateTag>
        ) : (
          <StateTag tone="info">soft: tells</StateTag>
        ),
    },
    {
      id: 'spent',
      label: 'Spent of budget',
      numeric: true,
      sortBy: ({ usedUsd }) => Number(usedUsd),
      render: ({ usedUsd, limitUsd, window }) => (
        <span className={classes.amounts}>
          {formatUsdText(usedUsd)} of {formatUsdText(limitUsd)} a {window}
        </span>
      ),
    },
    {
      id: 'share',
      label: 'Share',
      sortBy: ({ share }) => share,
      render: (row) => <ShareBar label={`Budget of ${scopeWords(row)}`} share={row.share} />,
    },
    {
      id: 'crossed',
      label: 'Crossed',
      render: ({ crossed }) => <Crossed crossed={crossed} />,
    },
    { id: 'reset', label: 'Begins anew', render: ({ resetAt }) => <RelativeTime at={resetAt} /> },
    {
      id: 'remove',
      label: '',
      render: (row) => (
        <GuardedButton
          needs="operator"
          variant="subtle"
          size="compact-xs"
          aria-label={`Remove the budget of ${scopeWords(row)}`}
          onClick={() => onRemove(row)}
        >
          Remove
        </GuardedButton>
      ),
    },
  ]
}
