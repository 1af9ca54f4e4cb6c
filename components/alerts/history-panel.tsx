'use client'

import { Button, Select, Skeleton } from '@mantine/core'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { severityTones } from '#components/alerts/alert-words'
import { useResolvedAlerts } from '#components/data/use-alerts'
import { useUrlParams } from '#components/data/use-url-params'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatSpan } from '#components/ui/format-duration'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import { alertSeverities } from '#lib/alerts/alert-rule'
import type { AlertView } from '#lib/contracts/alerts'
import classes from './alerts.module.css'

/** What was resolved, newest first. */
export function HistoryPanel() {
  const { get, set } = useUrlParams()
  const severity = alertSeverities.find((one) => one === get('severity')) ?? null
  const filter = severity === null ? '' : `&severity=${severity}`
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useResolvedAlerts(filter)
  const rows = data?.pages.flatMap(({ alerts }) => alerts) ?? []
  return (
    <Panel
      title="History"
      flush
      actions={
        <>
          <Select
            aria-label="Severity"
            size="xs"
            placeholder="Any severity"
            clearable
            data={[...alertSeverities]}
            value={severity}
            onChange={(value) => set({ severity: value })}
          />
          <Button
            variant="default"
            size="xs"
            component="a"
            href={`/api/admin/alerts.csv?state=resolved${filter}`}
            leftSection={<IconDownload size={14} />}
          >
            CSV
          </Button>
        </>
      }
    >
      {rows.length > 0 ? (
        <DataTable
          label="Resolved alerts"
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          onRowClick={({ id }) => set({ alert: id }, 'push')}
          selectedKey={get('alert')}
        />
      ) : null}
      {data && rows.length === 0 ? (
        <EmptyNotice icon={<IconHistory size={18} />} title="No alert was resolved yet">
          What fired and is well again stands here, with its requests and who was told.
        </EmptyNotice>
      ) : null}
      {hasNextPage ? (
        <div className={classes.more}>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older alerts
          </Button>
        </div>
      ) : null}
      {!data && error ? (
        <ErrorNotice what="The history" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? (
        <Skeleton height={190} radius={0} role="status" aria-label="Loading the history" />
      ) : null}
    </Panel>
  )
}

const lasted = ({ firedAt, resolvedAt }: AlertView) =>
  resolvedAt === null ? null : Date.parse(resolvedAt) - Date.parse(firedAt)

const columns: readonly Column<AlertView>[] = [
  {
    id: 'fired',
    label: 'Fired',
    sortBy: ({ firedAt }) => firedAt,
    render: ({ firedAt }) => <RelativeTime at={firedAt} />,
  },
  {
    id: 'severity',
    label: 'Severity',
    sortBy: ({ severity }) => alertSeverities.indexOf(severity),
    render: ({ severity }) => (
      <StateTag tone={severityTones[severity]} look="plain">
        {severity}
      </StateTag>
    ),
  },
  { id: 'what', label: 'What', render: ({ sentence }) => <span className={classes.wrap}>{sentence}</span> },
  {
    id: 'lasted',
    label: 'Lasted',
    numeric: true,
    sortBy: lasted,
    render: (alert) => formatSpan(lasted(alert) ?? 0),
  },
  {
    id: 'requests',
    label: 'Requests',
    numeric: true,
    sortBy: ({ requestIds }) => requestIds.length,
    render: ({ requestIds }) => requestIds.length,
  },
]
