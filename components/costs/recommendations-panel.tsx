'use client'

import { Anchor, Button, Skeleton } from '@mantine/core'
import { IconPigMoney } from '@tabler/icons-react'
import Link from 'next/link'
import { useMemo, useState } from 'react'
import { EvidenceModal } from '#components/costs/evidence-modal'
import { useRecommendations } from '#components/data/use-cost-advice'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import type { RecommendationsView } from '#lib/contracts/cost-advice'
import classes from './costs.module.css'

type Row = RecommendationsView['recommendations'][number]

const requestsOf = ({ evidence, evidenceRows }: Row) =>
  `${evidenceRows > evidence.length ? 'over ' : ''}${formatCount(evidence.reduce((sum, { requests }) => sum + requests, 0))}`

/** What the page behind a recommendation is for. */
function openLabel({ href }: Row): string {
  if (href.startsWith('/playground')) return 'Try it'
  return href.startsWith('/deployments') ? 'Open capacity' : 'Open requests'
}

const columnsOf = (onEvidence: (row: Row) => void): Column<Row>[] => [
  {
    id: 'title',
    label: 'Change',
    width: 300,
    render: (row) => (
      <div className={classes.change}>
        <strong>{row.title}</strong>
        <p className={classes.restsOn}>{row.assumption}</p>
      </div>
    ),
  },
  {
    id: 'saving',
    label: 'Saves a month',
    numeric: true,
    width: 120,
    sortBy: (row) => BigInt(row.savingPerMonthPicoUsd),
    render: (row) => formatCost(row.savingPerMonthPicoUsd),
  },
  {
    id: 'share',
    label: 'Of its cost',
    numeric: true,
    width: 110,
    sortBy: (row) => row.savingShareBps,
    render: (row) => `${Math.round(row.savingShareBps / 100)} %`,
  },
  {
    id: 'rows',
    label: 'Re-priced',
    numeric: true,
    width: 130,
    render: (row) => (
      <Anchor component="button" size="sm" underline="always" onClick={() => onEvidence(row)}>
        {requestsOf(row)} requests
      </Anchor>
    ),
  },
  {
    id: 'open',
    label: '',
    width: 140,
    render: (row) => (
      <Button component={Link} href={row.href} size="compact-sm" variant="default" fullWidth>
        {openLabel(row)}
      </Button>
    ),
  },
]

/** What would have cost less, by re-pricing the requests of the last week. */
export function RecommendationsPanel() {
  const { data, error, refetch } = useRecommendations()
  const [evidenceOf, setEvidenceOf] = useState<Row | null>(null)
  const columns = useMemo(() => columnsOf(setEvidenceOf), [])
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
      <EvidenceModal of={evidenceOf} onClose={() => setEvidenceOf(null)} />
    </Panel>
  )
}
