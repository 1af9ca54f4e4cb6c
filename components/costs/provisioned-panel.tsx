'use client'

import { Skeleton } from '@mantine/core'
import { IconServerBolt } from '@tabler/icons-react'
import { type CostView, costSpan, formatMonth } from '#components/costs/cost-view'
import { ProvisionedItem } from '#components/costs/provisioned-item'
import { useProvisioned } from '#components/data/use-provisioned'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Panel } from '#components/ui/panel'
import { StaleStrip } from '#components/ui/stale-strip'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import classes from './provisioned.module.css'

/** Does provisioned throughput pay? What it costs beside the same by the token, and how full it is. */
export function ProvisionedPanel({ view, nowMs }: { view: CostView; nowMs: number }) {
  const { data, error, dataUpdatedAt, refetch } = useProvisioned({ ...costSpan(view, nowMs) })
  const retry = () => void refetch()
  return (
    <Panel
      title="Provisioned throughput"
      hint={`${view.day ? formatUtcDay(view.day) : formatMonth(view.month)}, UTC, all accounts`}
      flush
    >
      {!data && error ? <ErrorNotice what="Provisioned throughput" error={error} onRetry={retry} /> : null}
      {!data && !error ? (
        <Skeleton height={120} role="status" aria-label="Loading provisioned throughput" />
      ) : null}
      {data && error ? <StaleStrip error={error} readAtMs={dataUpdatedAt} onRetry={retry} /> : null}
      {data?.length === 0 ? (
        <EmptyNotice icon={<IconServerBolt size={18} />} title="Nothing is provisioned">
          Deployments whose capacity in the catalog has PTU appear here, with what their units cost beside the
          same by the token. Recommendations say when buying some would pay.
        </EmptyNotice>
      ) : null}
      <ul className={classes.list} aria-label="Provisioned deployments">
        {data?.map((one) => (
          <ProvisionedItem key={one.deploymentId} one={one} view={view} />
        ))}
      </ul>
    </Panel>
  )
}
