'use client'

import { SegmentedControl, Skeleton } from '@mantine/core'
import { IconCoin } from '@tabler/icons-react'
import { type CostView, costParameters, dimensionWords, requestsHref } from '#components/costs/cost-view'
import { useCosts } from '#components/data/use-costs'
import { useUrlParams } from '#components/data/use-url-params'
import { chatCommand } from '#components/ui/chat-command'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatCompact, formatCount, formatRatio } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { QuietLink } from '#components/ui/quiet-link'
import type { CostReport } from '#lib/contracts/costs'
import { type CostDimension, costDimensions, filterOf } from '#lib/costs/cost-dimensions'
import classes from './costs.module.css'

type Row = CostReport['rows'][number]

/** Dimensions in the order in which people ask. */
const order = Object.keys(dimensionWords).filter((name): name is CostDimension =>
  costDimensions.some((dimension) => dimension === name),
)

/** The span split by one dimension; a value narrows the page, its requests are one click further. */
export function CostBreakdown({ view, nowMs }: { view: CostView; nowMs: number }) {
  const { set, href } = useUrlParams()
  const { data, isPlaceholderData } = useCosts(costParameters(view, nowMs, { groupBy: view.by }))
  const columns = breakdownColumns({
    by: view.by,
    totalPicoUsd: BigInt(data?.totals.costPicoUsd ?? 0),
    narrowHref: (value) => href({ [filterOf[view.by]]: value, by: nextDimension(view.by) }),
    requestsHref: (value) => requestsHref(view, { [filterOf[view.by]]: value }),
  })
  return (
    <Panel title={`By ${dimensionWords[view.by].toLowerCase()}`} flush>
      <div className={classes.dimensions}>
        <SegmentedControl
          size="xs"
          m={10}
          aria-label="Split by"
          data={order.map((dimension) => ({ value: dimension, label: dimensionWords[dimension] }))}
          value={view.by}
          onChange={(by) => set({ by })}
        />
      </div>
      {!data || (isPlaceholderData && data.groupBy[0] !== view.by) ? (
        <Skeleton height={180} role="status" aria-label="Loading the breakdown" />
      ) : data.rows.length === 0 ? (
        <EmptyNotice
          icon={<IconCoin size={18} />}
          title="Nothing was asked in this span"
          commands={typeof window === 'undefined' ? [] : [chatCommand(window.location.origin)]}
        >
          Costs appear here with the first request.
        </EmptyNotice>
      ) : (
        <DataTable
          label={`Cost by ${dimensionWords[view.by].toLowerCase()}`}
          columns={columns}
          rows={data.rows}
          rowKey={(row) => (row.group === null ? 'all others' : `group ${row.group[view.by]}`)}
        />
      )}
      {data && data.groups > data.rows.length ? (
        <p className={classes.note}>
          The {formatCount(data.rows.length - 1)} dearest of {formatCount(data.groups)}; the export has all.
        </p>
      ) : null}
    </Panel>
  )
}

function nextDimension(by: CostDimension): CostDimension {
  return order[(order.indexOf(by) + 1) % order.length] ?? 'operation'
}

interface ColumnParts {
  by: CostDimension
  totalPicoUsd: bigint
  narrowHref: (value: string) => string
  requestsHref: (value: string) => string
}

function breakdownColumns({ by, totalPicoUsd, narrowHref, requestsHref }: ColumnParts): Column<Row>[] {
  const groupValue = (row: Row) => row.group?.[by] ?? null
  const share = (row: Row) =>
    totalPicoUsd === 0n ? 0 : Number((BigInt(row.costPicoUsd ?? 0) * 10_000n) / totalPicoUsd) / 10_000
  return [
    {
      id: 'value',
      label: dimensionWords[by],
      sortBy: groupValue,
      render: (row) => {
        const value = groupValue(row)
        if (value === null) return <span className={classes.soft}>all others</span>
        if (value === '') return <span className={classes.soft}>none</span>
        return (
          <span className={classes.name} title={value}>
            <QuietLink href={narrowHref(value)}>{value}</QuietLink>
          </span>
        )
      },
    },
    {
      id: 'requests',
      label: 'Requests',
      numeric: true,
      sortBy: (row) => row.requests,
      render: (row) => {
        const value = groupValue(row)
        const count = formatCount(row.requests)
        return value ? (
          <QuietLink href={requestsHref(value)} label={`${count} requests of ${value}`}>
            {count}
          </QuietLink>
        ) : (
          count
        )
      },
    },
    {
      id: 'tokens',
      label: 'Tokens in / out',
      numeric: true,
      sortBy: (row) => row.inputTokens + row.outputTokens,
      render: (row) => `${formatCompact(row.inputTokens)} / ${formatCompact(row.outputTokens)}`,
    },
    {
      id: 'unpriced',
      label: 'No price',
      numeric: true,
      sortBy: (row) => row.unpricedRequests,
      render: (row) =>
        row.unpricedRequests > 0 ? (
          <span className={classes.warn}>{formatCount(row.unpricedRequests)}</span>
        ) : (
          <span className={classes.soft}>0</span>
        ),
    },
    {
      id: 'cost',
      label: 'Cost',
      numeric: true,
      sortBy: (row) => (row.costPicoUsd === null ? null : BigInt(row.costPicoUsd)),
      render: (row) => formatCost(row.costPicoUsd),
    },
    {
      id: 'share',
      label: 'Share',
      numeric: true,
      sortBy: share,
      render: (row) => (
        <span className={classes.share}>
          <span className={classes.track} aria-hidden>
            <span className={classes.fill} style={{ display: 'block', width: `${share(row) * 100}%` }} />
          </span>
          {formatRatio(share(row))}
        </span>
      ),
    },
  ]
}
