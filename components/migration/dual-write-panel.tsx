'use client'

import { Skeleton } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useMigration } from '#components/data/use-migration'
import { DualWriteStream } from '#components/migration/dual-write-stream'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Panel } from '#components/ui/panel'
import type { MigrationView } from '#lib/contracts/migration'

/** The stores that are written twice while they move. */
export function DualWritePanel() {
  const { data, error, refetch } = useMigration()
  if (!data)
    return error ? (
      <ErrorNotice what="The dual-write" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={160} role="status" aria-label="Loading the dual-write" />
    )
  return (
    <Panel title="Dual-write" hint={hintOf(data)}>
      {data.streams.length === 0 ? (
        <EmptyNotice isSmall icon={<IconCopy size={18} />} title="No store is being migrated yet">
          A domain that moves its records registers both stores as a pair; its lag, copy and differences stand
          here then. Until that day going above 10 % asks for none of it.
        </EmptyNotice>
      ) : (
        data.streams.map((stream) => <DualWriteStream key={stream.stream} stream={stream} />)
      )}
    </Panel>
  )
}

function hintOf({ streams, settings }: MigrationView): string {
  if (streams.length === 0) return 'nothing moves'
  const { reconcileEveryHours, repairs, shadowReadBps } = settings
  const then = repairs ? 'compared and repaired' : 'compared'
  return `${then} every ${reconcileEveryHours} h; ${shadowReadBps / 100} % of reads are compared, too`
}
