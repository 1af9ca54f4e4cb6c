'use client'

import { Skeleton } from '@mantine/core'
import { type CostView, costParameters, requestsHref } from '#components/costs/cost-view'
import { useCosts } from '#components/data/use-costs'
import { useUrlParams } from '#components/data/use-url-params'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatCost } from '#components/ui/format-cost'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { QuietLink } from '#components/ui/quiet-link'
import type { CostReport } from '#lib/contracts/costs'
import { formatUtcDay } from '#lib/costs/format-utc-day'

type Row = CostReport['rows'][number]

/** The month's days, newest first; a day narrows the page to itself. */
export function CostDays({ view, nowMs }: { view: CostView; nowMs: number }) {
  const { href } = useUrlParams()
  const { data } = useCosts(costParameters({ ...view, day: null }, nowMs, { granularity: 'day' }))
  const columns: Column<Row>[] = [
    {
      id: 'day',
      label: 'Day',
      sortBy: (row) => row.at,
      render: (row) => <QuietLink href={href({ day: dayOf(row) })}>{formatUtcDay(dayOf(row))}</QuietLink>,
    },
    {
      id: 'requests',
      label: 'Requests',
      numeric: true,
      sortBy: (row) => row.requests,
      render: (row) => (
        <QuietLink
          href={requestsHref({ ...view, day: dayOf(row) })}
          label={`${formatCount(row.requests)} requests of ${formatUtcDay(dayOf(row))}`}
        >
          {formatCount(row.requests)}
        </QuietLink>
      ),
    },
    {
      id: 'cost',
      label: 'Cost',
      numeric: true,
      sortBy: (row) => (row.costPicoUsd === null ? null : BigInt(row.costPicoUsd)),
      render: (row) => formatCost(row.costPicoUsd),
    },
  ]
  return (
    <Panel title="By day" hint="UTC" flush>
      {data ? (
        <DataTable
          label="Cost by day"
          columns={columns}
          rows={data.rows.toReversed()}
          rowKey={(row) => row.at ?? ''}
          selectedKey={view.day ? `${view.day}T00:00:00.000Z` : null}
        />
      ) : (
        <Skeleton height={180} role="status" aria-label="Loading the days" />
      )}
    </Panel>
  )
}

function dayOf(row: Row): string {
  return (row.at ?? '').slice(0, 10)
}
