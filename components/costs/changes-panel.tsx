'use client'

import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { IconDownload, IconWaveSine } from '@tabler/icons-react'
import { ChangeItem } from '#components/costs/change-item'
import type { CostView } from '#components/costs/cost-view'
import { useCostChanges } from '#components/data/use-cost-changes'
import { useUrlParams } from '#components/data/use-url-params'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { StaleStrip } from '#components/ui/stale-strip'
import type { CostChange, CostChangesView } from '#lib/contracts/cost-changes'
import classes from './changes.module.css'

/** What costs other than usual, since when and why; narrowed as the page is. */
export function ChangesPanel({ view }: { view: CostView }) {
  const { get, set } = useUrlParams()
  const { accountId } = view.filter
  const query: Record<string, string> = accountId ? { account: accountId } : {}
  const { data, error, dataUpdatedAt, refetch } = useCostChanges(query)
  const shown = get('changes') === 'week' ? 'week' : 'anomalies'
  const changes = data ? narrowed(shown === 'week' ? data.weeks : data.anomalies, view) : []
  const open = data ? narrowed(data.anomalies, view).filter(({ dismissal }) => !dismissal).length : 0
  return (
    <Panel
      title="What changed"
      hint="creators and operations, USD a day, UTC"
      flush
      actions={(['csv', 'json'] as const).map((kind) => (
        <Button
          key={kind}
          component="a"
          size="compact-xs"
          variant="default"
          href={`/api/admin/costs/changes.${kind}?${new URLSearchParams(query)}`}
          download
          aria-label={`Changes as ${kind.toUpperCase()}`}
          leftSection={<IconDownload size={12} />}
        >
          {kind.toUpperCase()}
        </Button>
      ))}
    >
      {!data && error ? (
        <ErrorNotice what="What changed" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Skeleton height={150} role="status" aria-label="Loading what changed" /> : null}
      {data && error ? (
        <StaleStrip error={error} readAtMs={dataUpdatedAt} onRetry={() => void refetch()} />
      ) : null}
      {data ? (
        <>
          <SegmentedControl
            size="xs"
            m={10}
            aria-label="Which changes"
            data={[
              { value: 'anomalies', label: open > 0 ? `Anomalies (${open})` : 'Anomalies' },
              { value: 'week', label: 'Week on week' },
            ]}
            value={shown}
            onChange={(next) => set({ changes: next === 'week' ? 'week' : null })}
          />
          {changes.length === 0 ? <NothingChanged view={data} shown={shown} /> : null}
          <ul className={classes.list} aria-label={shown === 'week' ? 'Week on week' : 'Anomalies'}>
            {changes.map((change) => (
              <ChangeItem
                key={`${change.dimension} ${change.accountId} ${change.value} ${change.kind}`}
                change={change}
                minimumUsd={data.minimumUsd}
              />
            ))}
          </ul>
        </>
      ) : null}
    </Panel>
  )
}

function NothingChanged({ view, shown }: { view: CostChangesView; shown: 'week' | 'anomalies' }) {
  const { subjects, subjectsCompared, minimumUsd } = view
  const looked =
    subjects === 0
      ? `No creator and no operation has cost $${minimumUsd} in the last eight weeks.`
      : `${formatCount(subjectsCompared)} of ${formatCount(subjects)} creators and operations that cost at least $${minimumUsd} were compared with their weeks before.`
  return (
    <EmptyNotice
      icon={<IconWaveSine size={18} />}
      title={shown === 'week' ? 'The week is like the one before' : 'Everything costs what it usually does'}
    >
      {looked}
    </EmptyNotice>
  )
}

/** A page about one creator or operation shows what changed there. */
function narrowed(changes: readonly CostChange[], { filter }: CostView): CostChange[] {
  return changes.filter(
    ({ dimension, value }) =>
      (filter.creatorId === undefined || (dimension === 'creator' && value === filter.creatorId)) &&
      (filter.operation === undefined || (dimension === 'operation' && value === filter.operation)),
  )
}
