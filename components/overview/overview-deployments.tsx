'use client'

import { type Column, DataTable } from '#components/ui/data-table'
import { formatCost } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { formatCompact, formatCount, formatRatio } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { ProviderMark } from '#components/ui/provider-mark'
import { QuietLink } from '#components/ui/quiet-link'
import type { Overview } from '#lib/contracts/overview'
import classes from './overview-page.module.css'

type Row = Overview['deployments'][number]

const columns: readonly Column<Row>[] = [
  {
    id: 'deployment',
    label: 'Deployment',
    sortBy: (row) => row.deploymentId,
    render: (row) => (
      <QuietLink href={`/deployments?deployment=${encodeURIComponent(row.deploymentId)}`}>
        <ProviderMark provider={row.provider}>{row.deploymentId}</ProviderMark>
      </QuietLink>
    ),
  },
  {
    id: 'requests',
    label: 'Requests',
    numeric: true,
    sortBy: (row) => row.requests,
    render: (row) => formatCount(row.requests),
  },
  {
    id: 'errors',
    label: 'Errors',
    numeric: true,
    sortBy: (row) => row.errorRatio,
    render: ({ errorRatio }) => (
      <span className={(errorRatio ?? 0) >= 0.05 ? classes.bad : undefined}>{formatRatio(errorRatio)}</span>
    ),
  },
  {
    id: 'p50',
    label: 'p50',
    numeric: true,
    sortBy: (row) => row.latencyP50Ms,
    render: (row) => formatMs(row.latencyP50Ms),
  },
  {
    id: 'p95',
    label: 'p95',
    numeric: true,
    sortBy: (row) => row.latencyP95Ms,
    render: (row) => formatMs(row.latencyP95Ms),
  },
  {
    id: 'first',
    label: 'First token p95',
    numeric: true,
    sortBy: (row) => row.firstTokenP95Ms,
    render: (row) => formatMs(row.firstTokenP95Ms),
  },
  {
    id: 'tokens',
    label: 'Tokens in / out',
    numeric: true,
    sortBy: (row) => row.inputTokens + row.outputTokens,
    render: (row) => `${formatCompact(row.inputTokens)} / ${formatCompact(row.outputTokens)}`,
  },
  {
    id: 'cost',
    label: 'Cost',
    numeric: true,
    sortBy: (row) => BigInt(row.costPicoUsd),
    render: (row) => formatCost(row.costPicoUsd),
  },
]

/** Who served how much, how well, at what cost, in the page's time range. */
export function OverviewDeployments({ overview }: { overview: Overview }) {
  return (
    <Panel title="Deployments" hint="in this time range" flush>
      <DataTable
        label="Traffic by deployment"
        columns={columns}
        rows={overview.deployments}
        rowKey={(row) => row.deploymentId}
      />
    </Panel>
  )
}
