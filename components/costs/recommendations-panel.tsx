'use client'

import { Skeleton } from '@mantine/core'
import { IconPigMoney } from '@tabler/icons-react'
import { useRecommendations } from '#components/data/use-cost-advice'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { QuietLink } from '#components/ui/quiet-link'
import type { RecommendationsView } from '#lib/contracts/cost-advice'

type Row = RecommendationsView['recommendations'][number]

const columns: Column<Row>[] = [
  { id: 'title', label: 'Change', render: (row) => <QuietLink href={row.href}>{row.title}</QuietLink> },
  {
    id: 'saving',
    label: 'Saves a month',
    numeric: true,
    sortBy: (row) => BigInt(row.savingPerMonthPicoUsd),
    render: (row) => formatCost(row.savingPerMonthPicoUsd),
  },
  {
    id: 'share',
    label: 'Of its cost',
    numeric: true,
    sortBy: (row) => row.savingShareBps,
    render: (row) => `${Math.round(row.savingShareBps / 100)} %`,
  },
  {
    id: 'rows',
    label: 'Requests re-priced',
    numeric: true,
    render: (row) =>
      `${row.evidenceRows > row.evidence.length ? 'over ' : ''}${formatCount(row.evidence.reduce((sum, { requests }) => sum + requests, 0))}`,
  },
  { id: 'assumption', label: 'Rests on', render: (row) => row.assumption },
]

/** What would have cost less, by re-pricing the requests of the last week. */
export function RecommendationsPanel() {
  const { data, error, refetch } = useRecommendations()
  return (
    <Panel
      title="Recommendations"
      hint="last 7 days re-priced; savings about the same requests do not add up"
      flush
    >
      {!data && error ? (
        <ErrorNotice what="The recommendations" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? (
        <Skeleton height={120} role="status" aria-label="Loading the recommendations" />
      ) : null}
      {data?.recommendations.length === 0 ? (
        <EmptyNotice icon={<IconPigMoney size={18} />} title="Nothing to save">
          {data.changesCompared} changes were re-priced over the last 7 days; none of them saves 5 % of what
          it would change.
        </EmptyNotice>
      ) : null}
      {data && data.recommendations.length > 0 ? (
        <DataTable
          label="Changes that would save"
          columns={columns}
          rows={data.recommendations}
          rowKey={({ id }) => id}
        />
      ) : null}
    </Panel>
  )
}
