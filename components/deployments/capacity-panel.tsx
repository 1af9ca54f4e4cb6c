'use client'

import { Skeleton } from '@mantine/core'
import { IconRulerMeasure } from '@tabler/icons-react'
import { useState } from 'react'
import { useCapacity } from '#components/data/use-capacity'
import { capacityColumns } from '#components/deployments/capacity-columns'
import { CapacityHistory } from '#components/deployments/capacity-history'
import { ApplyCapacityModal, DismissCapacityModal } from '#components/deployments/capacity-modals'
import { DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Panel } from '#components/ui/panel'
import { StaleStrip } from '#components/ui/stale-strip'
import type { CapacityLineView } from '#lib/contracts/capacity'
import classes from './capacity.module.css'

interface Asking {
  what: 'apply' | 'dismiss'
  line: CapacityLineView
}

/** How full each deployment is, what should change, and what was changed before. */
export function CapacityPanel() {
  const { data, error, dataUpdatedAt, refetch } = useCapacity()
  const [asking, setAsking] = useState<Asking | null>(null)
  const close = () => setAsking(null)
  return (
    <Panel title="Capacity" hint="load of the last 5 minutes against what is deployed" flush>
      {data && error ? (
        <StaleStrip error={error} readAtMs={dataUpdatedAt} onRetry={() => void refetch()} />
      ) : null}
      {!data && error ? (
        <ErrorNotice what="The capacity" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Skeleton height={180} role="status" aria-label="Loading the capacity" /> : null}
      {data?.lines.length === 0 ? (
        <EmptyNotice icon={<IconRulerMeasure size={18} />} title="No deployment has a capacity">
          Capacities come from the catalog: give a deployment “capacity” with its tokens and requests a
          minute.
        </EmptyNotice>
      ) : null}
      {data && data.lines.length > 0 ? (
        <>
          <DataTable
            label="Capacity of each deployment"
            columns={capacityColumns((what, line) => setAsking({ what, line }))}
            rows={data.lines}
            rowKey={({ deploymentId }) => deploymentId}
          />
          <ApplyHints lines={data.lines} />
          <CapacityHistory history={data.history} />
        </>
      ) : null}
      <ApplyCapacityModal line={asking?.what === 'apply' ? asking.line : null} onClose={close} />
      <DismissCapacityModal line={asking?.what === 'dismiss' ? asking.line : null} onClose={close} />
    </Panel>
  )
}

/** What is missing to apply a change from here, said once for all lines that lack it. */
function ApplyHints({ lines }: { lines: readonly CapacityLineView[] }) {
  const hints = lines.flatMap(({ applicable, applyHint, recommendedUnits }) =>
    !applicable && applyHint !== null && recommendedUnits !== null ? [applyHint] : [],
  )
  return [...new Set(hints)].map((hint) => (
    <p key={hint} className={classes.note}>
      By hand: {hint}
    </p>
  ))
}
