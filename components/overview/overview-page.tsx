'use client'

import { useOverview } from '#components/data/use-overview'
import { useTimeRange } from '#components/data/use-time-range'
import { useUrlParams } from '#components/data/use-url-params'
import { EmptyOverview } from '#components/overview/empty-overview'
import { HealthSentence } from '#components/overview/health-sentence'
import { OverviewCharts } from '#components/overview/overview-charts'
import { OverviewDeployments } from '#components/overview/overview-deployments'
import { OverviewSkeleton } from '#components/overview/overview-skeleton'
import { OverviewTiles } from '#components/overview/overview-tiles'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'
import { Panel } from '#components/ui/panel'
import { StaleStrip } from '#components/ui/stale-strip'
import classes from './overview-page.module.css'

/** Is the AI healthy, now? */
export function OverviewPage() {
  const { query: range } = useTimeRange()
  const { get } = useUrlParams()
  const { data, error, isPlaceholderData, dataUpdatedAt, refetch } = useOverview(range, get('tier'))
  if (!data) {
    return (
      <Page>
        {error ? (
          <Panel title="Overview">
            <ErrorNotice what="The overview" error={error} onRetry={() => void refetch()} />
          </Panel>
        ) : (
          <OverviewSkeleton />
        )}
      </Page>
    )
  }
  const empty = data.requests === 0
  return (
    <Page>
      {error ? <StaleStrip error={error} readAtMs={dataUpdatedAt} onRetry={() => void refetch()} /> : null}
      <HealthSentence overview={data} />
      <div className={classes.content} data-old={isPlaceholderData || undefined}>
        <OverviewTiles overview={data} range={range} />
        {empty ? (
          <EmptyOverview range={range} />
        ) : (
          <>
            <OverviewCharts overview={data} />
            <OverviewDeployments overview={data} />
          </>
        )}
      </div>
    </Page>
  )
}
