'use client'

import { useLocalStorage } from '@mantine/hooks'
import { useMemo, useRef, useState } from 'react'
import { useLive } from '#components/data/live-context'
import { parseFilters } from '#components/data/request-filters'
import { useHeldRows } from '#components/data/use-held-rows'
import { useRequests } from '#components/data/use-requests'
import { useTimeRange } from '#components/data/use-time-range'
import { useUrlParams } from '#components/data/use-url-params'
import { FilterBar } from '#components/requests/filter-bar'
import { NewRowsPill } from '#components/requests/new-rows-pill'
import { PageTurner } from '#components/requests/page-turner'
import { requestColumns } from '#components/requests/request-columns'
import { RequestDrawer } from '#components/requests/request-drawer'
import { RequestTable } from '#components/requests/request-table'
import { RequestsEmpty } from '#components/requests/requests-empty'
import { RequestsSkeleton } from '#components/requests/requests-skeleton'
import { ErrorNotice } from '#components/ui/error-notice'
import { StaleStrip } from '#components/ui/stale-strip'
import classes from './requests-page.module.css'

const standardColumns = requestColumns.filter(({ standard }) => standard).map(({ id }) => id)

/** What happened to this one? */
export function RequestsPage() {
  const { get, set } = useUrlParams()
  const { query: range } = useTimeRange()
  const { paused } = useLive()
  const filters = useMemo(() => parseFilters(get), [get])
  const cursor = get('cursor')
  const { data, error, isPlaceholderData, dataUpdatedAt, refetch } = useRequests({ filters, range, cursor })
  const [over, setOver] = useState(false)
  const [focused, setFocused] = useState(false)
  const [scrolled, setScrolled] = useState(false)
  const [chosen, setChosen] = useLocalStorage<string[]>({
    key: 'huntaze.requests.columns',
    defaultValue: standardColumns,
  })
  const scroll = useRef<HTMLDivElement>(null)
  const held = useHeldRows({
    rows: data?.rows ?? [],
    key: JSON.stringify([filters, range, cursor, data !== undefined, isPlaceholderData]),
    hold: over || focused || scrolled || paused,
  })
  const columns = requestColumns.filter(({ id }, index) => index === 0 || chosen.includes(id))
  const showNew = () => {
    held.release()
    scroll.current?.scrollTo({ top: 0 })
  }
  return (
    <div className={classes.page}>
      <h2 className={classes.hidden}>Requests in this time range</h2>
      <FilterBar
        filters={filters}
        range={range}
        chosenColumns={chosen}
        onChooseColumns={setChosen}
        rows={held.shown}
      />
      {error && data ? (
        <StaleStrip error={error} readAtMs={dataUpdatedAt} onRetry={() => void refetch()} />
      ) : null}
      <div className={classes.panel} data-old={isPlaceholderData || undefined}>
        {data && held.shown.length > 0 ? (
          <RequestTable
            columns={columns}
            rows={held.shown}
            fresh={held.fresh}
            openId={get('request')}
            onOpen={(id) => set({ request: id }, 'push')}
            scrollRef={scroll}
            onPointerOver={setOver}
            onFocusInside={setFocused}
            onScrolled={setScrolled}
          />
        ) : null}
        {data && held.shown.length === 0 ? <RequestsEmpty filters={filters} range={range} /> : null}
        {!data && error ? (
          <ErrorNotice what="The requests" error={error} onRetry={() => void refetch()} />
        ) : null}
        {!data && !error ? <RequestsSkeleton /> : null}
        {held.waiting > 0 && cursor === null ? <NewRowsPill count={held.waiting} onShow={showNew} /> : null}
        <PageTurner nextCursor={data?.nextCursor ?? null} count={held.shown.length} />
      </div>
      <RequestDrawer />
    </div>
  )
}
