'use client'

import { Button, Skeleton } from '@mantine/core'
import { IconDownload, IconFingerprint } from '@tabler/icons-react'
import { entryColumns } from '#components/audit/entry-columns'
import { EntryFilterBar } from '#components/audit/entry-filter-bar'
import { entryFilters, withoutCursor } from '#components/audit/entry-filters'
import { useActorName } from '#components/data/use-actor-name'
import { useAuditEntries } from '#components/data/use-audit'
import { useUrlParams } from '#components/data/use-url-params'
import { DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Panel } from '#components/ui/panel'
import classes from './audit.module.css'

/** The log itself, narrowed by what stands in the address. */
export function AuditEntries({ onOpen }: { onOpen: (position: number) => void }) {
  const { get, set } = useUrlParams()
  const filters = entryFilters(get)
  const query = useAuditEntries(filters)
  const actorName = useActorName()
  const change = (changes: Record<string, string | null>) => set({ ...changes, cursor: null }, 'push')
  const { data } = query
  return (
    <Panel
      title="Entries"
      flush
      actions={
        <Button
          variant="default"
          size="xs"
          component="a"
          href={`/api/admin/audit.csv?${new URLSearchParams(withoutCursor(filters))}`}
          leftSection={<IconDownload size={14} />}
        >
          CSV
        </Button>
      }
    >
      <EntryFilterBar get={get} onChange={change} />
      {data === undefined ? (
        query.error ? (
          <ErrorNotice what="The entries" error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton height={240} role="status" aria-label="Loading: the entries" />
        )
      ) : data.rows.length === 0 ? (
        <EmptyNotice icon={<IconFingerprint size={18} />} title="No entries">
          Nothing matches these filters. What operators do, and every AI operation, appears here within a
          second.
        </EmptyNotice>
      ) : (
        <DataTable
          label="Audit entries"
          columns={entryColumns({ actorName, onOpen })}
          rows={data.rows}
          rowKey={({ position }) => String(position)}
          selectedKey={get('entry')}
        />
      )}
      <div className={classes.turner}>
        {get('cursor') ? (
          <Button size="compact-sm" variant="default" onClick={() => change({})}>
            Newest
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="default"
          disabled={!data?.nextCursor}
          onClick={() => set({ cursor: data?.nextCursor ?? null }, 'push')}
        >
          Older
        </Button>
      </div>
    </Panel>
  )
}
