'use client'

import { Skeleton } from '@mantine/core'
import { useTimeRange } from '#components/data/use-time-range'
import { useTraffic } from '#components/data/use-traffic'
import { AfterCutoverPanel } from '#components/migration/after-cutover-panel'
import { CutoverPanel } from '#components/migration/cutover-panel'
import { DualWritePanel } from '#components/migration/dual-write-panel'
import { FleetPanel } from '#components/traffic/fleet-panel'
import { LegacyRoutesPanel } from '#components/traffic/legacy-routes-panel'
import { RolloutsPanel } from '#components/traffic/rollouts-panel'
import { SwitchHistory } from '#components/traffic/switch-history'
import { TrafficPicture } from '#components/traffic/traffic-picture'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'

/** Who serves what, and what moves next? */
export function TrafficPage() {
  const { query } = useTimeRange()
  const { data, error, refetch } = useTraffic(query)
  if (data) {
    return (
      <Page>
        <TrafficPicture view={data} />
        <RolloutsPanel />
        <LegacyRoutesPanel view={data} />
        <FleetPanel view={data} />
        <SwitchHistory view={data} />
        <CutoverPanel />
        <DualWritePanel />
        <AfterCutoverPanel />
      </Page>
    )
  }
  return (
    <Page>
      {error ? (
        <ErrorNotice what="The traffic" error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={480} role="status" aria-label="Loading the traffic" />
      )}
    </Page>
  )
}
