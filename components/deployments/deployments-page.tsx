'use client'

import { Skeleton } from '@mantine/core'
import { IconServer2 } from '@tabler/icons-react'
import { useDeployments } from '#components/data/use-deployments'
import { useUrlParams } from '#components/data/use-url-params'
import { BoardSentence } from '#components/deployments/board-sentence'
import { CapacityPanel } from '#components/deployments/capacity-panel'
import { DeploymentDrawer } from '#components/deployments/deployment-drawer'
import { FaultsStrip } from '#components/deployments/faults-strip'
import { RegionBoard } from '#components/deployments/region-board'
import { RegionDrawer } from '#components/deployments/region-drawer'
import { TierChains } from '#components/deployments/tier-chains'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'
import { Panel } from '#components/ui/panel'
import { StaleStrip } from '#components/ui/stale-strip'
import type { DeploymentsView } from '#lib/contracts/deployments'

/** Who is sick, why, since when, and when will it be tried again? */
export function DeploymentsPage() {
  const { data, error, dataUpdatedAt, refetch } = useDeployments()
  if (!data) {
    return (
      <Page>
        {error ? (
          <Panel title="Deployments">
            <ErrorNotice what="The deployments" error={error} onRetry={() => void refetch()} />
          </Panel>
        ) : (
          <DeploymentsSkeleton />
        )}
      </Page>
    )
  }
  return (
    <Page>
      {error ? <StaleStrip error={error} readAtMs={dataUpdatedAt} onRetry={() => void refetch()} /> : null}
      <FaultsStrip deployments={data.deployments} />
      {data.deployments.length === 0 ? <EmptyCatalog /> : <BoardSentence view={data} />}
      <Board view={data} />
      <CapacityPanel />
      <TierChains view={data} />
    </Page>
  )
}

/** The regions and what is open beside them, each with an address of its own. */
function Board({ view }: { view: DeploymentsView }) {
  const { get, set } = useUrlParams()
  const openId = get('deployment')
  return (
    <>
      {view.regions.map((region) => (
        <RegionBoard
          key={region.name}
          view={view}
          region={region}
          openId={openId}
          onOpen={(id) => set({ deployment: id, region: null }, 'push')}
          onOpenRegion={(name) => set({ region: name, deployment: null }, 'push')}
        />
      ))}
      <DeploymentDrawer view={view} id={openId} onClose={() => set({ deployment: null }, 'push')} />
      <RegionDrawer view={view} name={get('region')} onClose={() => set({ region: null }, 'push')} />
    </>
  )
}

function EmptyCatalog() {
  return (
    <Panel title="Catalog">
      <EmptyNotice icon={<IconServer2 size={18} />} title="The catalog names no deployment">
        Deployments come from the built-in catalog or from the file that HUNTAZE_CATALOG names.
      </EmptyNotice>
    </Panel>
  )
}

function DeploymentsSkeleton() {
  return (
    <>
      <Skeleton height={32} width="60%" radius="md" />
      <Skeleton height={236} radius="lg" role="status" aria-label="Loading the deployments" />
      <Skeleton height={236} radius="lg" />
      <Skeleton height={160} radius="lg" />
    </>
  )
}
