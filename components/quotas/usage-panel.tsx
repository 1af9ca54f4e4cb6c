'use client'

import { Button, TextInput } from '@mantine/core'
import { IconDownload, IconGauge, IconSearch } from '@tabler/icons-react'
import { useUrlParams } from '#components/data/use-url-params'
import { amountWords, meterWords, scopeWords } from '#components/quotas/quota-words'
import { ShareBar } from '#components/quotas/share-bar'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { QuotasView, UsageRow } from '#lib/contracts/quotas'
import classes from './quotas.module.css'

/** Who is near a limit? The fullest first. */
export function UsagePanel({ view }: { view: QuotasView }) {
  const { get, set } = useUrlParams()
  const wanted = get('q')?.toLowerCase() ?? ''
  const rows = view.usage.filter((row) => searchText(row).includes(wanted))
  const near = view.usage.filter(({ share }) => share !== null && share >= 0.8).length
  return (
    <Panel
      title="Use against limits"
      hint={near === 0 ? 'nobody is above 80 %' : `${near} above 80 %`}
      flush
      actions={
        <>
          <TextInput
            aria-label="Filter limits"
            placeholder="account, creator, measure"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={get('q') ?? ''}
            onChange={(event) => set({ q: event.currentTarget.value })}
          />
          <Button
            component="a"
            href="/api/admin/quotas.csv"
            download
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            CSV
          </Button>
        </>
      }
    >
      {rows.length > 0 ? (
        <DataTable
          label="Use against limits"
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.accountId} ${row.scope} ${row.scopeId} ${meterWords(row)}`}
          rowTone={({ share }) => (share === null || share < 0.8 ? null : share < 0.95 ? 'warn' : 'bad')}
        />
      ) : (
        <EmptyNotice
          icon={<IconGauge size={18} />}
          title={wanted ? 'No limit matches' : 'Nothing is counted yet'}
        >
          {wanted
            ? 'Clear the filter to see every limit.'
            : 'The first request under a plan that limits, or under a budget, shows here with what is used.'}
        </EmptyNotice>
      )}
    </Panel>
  )
}

function searchText(row: UsageRow): string {
  return `${row.accountId} ${row.plan} ${scopeWords(row)} ${meterWords(row)}`.toLowerCase()
}

const columns: readonly Column<UsageRow>[] = [
  {
    id: 'account',
    label: 'Account',
    width: 150,
    sortBy: ({ accountId }) => accountId,
    render: ({ accountId }) => <strong className={classes.id}>{accountId}</strong>,
  },
  {
    id: 'scope',
    label: 'For',
    width: 170,
    sortBy: scopeWords,
    render: (row) =>
      row.scope === 'account' ? 'the account' : <span className={classes.id}>{scopeWords(row)}</span>,
  },
  {
    id: 'meter',
    label: 'Limit',
    width: 160,
    sortBy: meterWords,
    render: (row) => (
      <>
        {meterWords(row)}{' '}
        {row.by === 'plan' ? (
          <span className={classes.muted}>({row.plan})</span>
        ) : (
          <StateTag tone={row.by === 'override' ? 'warn' : 'info'}>{row.by}</StateTag>
        )}
      </>
    ),
  },
  {
    id: 'used',
    label: 'Used of limit',
    numeric: true,
    width: 190,
    sortBy: ({ used }) => Number(used),
    render: ({ measure, used, reserved, limit }) => (
      <span className={classes.amounts}>
        {amountWords(measure, used)}
        {Number(reserved) > 0 ? ` + ${amountWords(measure, reserved)} set aside` : ''} of{' '}
        {limit === null ? 'no limit' : amountWords(measure, limit)}
      </span>
    ),
  },
  {
    id: 'share',
    label: 'Share',
    width: 190,
    sortBy: ({ share }) => share,
    render: (row) => <ShareBar label={`${scopeWords(row)}: ${meterWords(row)}`} share={row.share} />,
  },
  {
    id: 'runsOut',
    label: 'Used up',
    width: 120,
    sortBy: ({ runsOutAt }) => runsOutAt,
    render: ({ runsOutAt }) =>
      runsOutAt === null ? <span className={classes.muted}>lasts</span> : <RelativeTime at={runsOutAt} />,
  },
  {
    id: 'reset',
    label: 'Begins anew',
    width: 120,
    sortBy: ({ resetAt }) => resetAt,
    render: ({ resetAt }) => (resetAt === null ? '–' : <RelativeTime at={resetAt} />),
  },
]
