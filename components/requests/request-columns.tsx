import type { ReactNode } from 'react'
import { errorTitle } from '#components/ui/error-title'
import { formatCost } from '#components/ui/format-cost'
import { formatMs, formatUs } from '#components/ui/format-duration'
import { formatCompact } from '#components/ui/format-number'
import { OutcomeTag } from '#components/ui/outcome-tag'
import { ProviderMark } from '#components/ui/provider-mark'
import { RelativeTime } from '#components/ui/relative-time'
import type { RequestRow } from '#lib/contracts/requests'
import classes from './request-table.module.css'

export interface RequestColumn {
  id: string
  label: string
  numeric?: boolean
  /** Shown until the viewer chooses otherwise. */
  standard: boolean
  width: number
  render: (row: RequestRow) => ReactNode
}

/** Columns of the requests table, in their order. The first is always shown, since it opens the request. */
export const requestColumns: readonly RequestColumn[] = [
  { id: 'time', label: 'Time', standard: true, width: 88, render: (row) => <RelativeTime at={row.at} /> },
  { id: 'outcome', label: 'Outcome', standard: true, width: 150, render: (row) => <Outcome row={row} /> },
  { id: 'operation', label: 'Operation', standard: true, width: 140, render: (row) => row.operation },
  {
    id: 'route',
    label: 'Tier → deployment',
    standard: true,
    width: 206,
    render: (row) => <Route row={row} />,
  },
  {
    id: 'attempts',
    label: 'Attempts',
    numeric: true,
    standard: true,
    width: 76,
    render: (row) => <span className={row.attempts > 1 ? classes.strong : classes.soft}>{row.attempts}</span>,
  },
  {
    id: 'first',
    label: 'First token',
    numeric: true,
    standard: true,
    width: 86,
    render: (row) => formatMs(row.firstTokenMs),
  },
  {
    id: 'total',
    label: 'Total',
    numeric: true,
    standard: true,
    width: 76,
    render: (row) => formatMs(row.latencyMs),
  },
  {
    id: 'tokens',
    label: 'Tokens in / out',
    numeric: true,
    standard: true,
    width: 116,
    render: (row) => `${formatCompact(row.inputTokens)} / ${formatCompact(row.outputTokens)}`,
  },
  {
    id: 'cost',
    label: 'Cost',
    numeric: true,
    standard: true,
    width: 100,
    render: (row) => <Cost row={row} />,
  },
  {
    id: 'creator',
    label: 'Creator',
    standard: true,
    width: 128,
    render: (row) => row.creatorId ?? <span className={classes.soft}>–</span>,
  },
  { id: 'account', label: 'Account', standard: false, width: 130, render: (row) => row.accountId },
  { id: 'model', label: 'Model', standard: false, width: 150, render: (row) => row.model || '–' },
  { id: 'region', label: 'Region', standard: false, width: 110, render: (row) => row.region || '–' },
  {
    id: 'status',
    label: 'HTTP status',
    numeric: true,
    standard: false,
    width: 90,
    render: (row) => row.httpStatus,
  },
  {
    id: 'overhead',
    label: 'Overhead',
    numeric: true,
    standard: false,
    width: 86,
    render: (row) => formatUs(row.overheadUs),
  },
  {
    id: 'id',
    label: 'Request id',
    standard: false,
    width: 180,
    render: (row) => <span className={classes.mono}>{row.id}</span>,
  },
]

function Outcome({ row }: { row: RequestRow }) {
  return (
    <span className={classes.outcome}>
      <OutcomeTag outcome={row.outcome} plain={row.outcome === 'success'} />
      {row.errorCode && row.errorCode !== row.outcome ? (
        <span className={classes.code} title={errorTitle(row.errorCode) ?? undefined}>
          {row.errorCode}
        </span>
      ) : null}
    </span>
  )
}

function Route({ row }: { row: RequestRow }) {
  const deployment = row.deploymentId || 'none'
  return (
    <span className={classes.route}>
      {row.tier ? <span className={classes.soft}>{row.tier} →</span> : null}
      {row.deploymentId ? (
        <ProviderMark provider={row.provider}>{deployment}</ProviderMark>
      ) : (
        <span className={classes.soft}>{deployment}</span>
      )}
    </span>
  )
}

function Cost({ row }: { row: RequestRow }) {
  return row.costPicoUsd === null ? (
    <span className={classes.warn} title="No price is known for the model; the cost is missing from totals.">
      no price
    </span>
  ) : (
    formatCost(row.costPicoUsd)
  )
}
