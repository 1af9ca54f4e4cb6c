'use client'

import { Skeleton } from '@mantine/core'
import { IconServer2 } from '@tabler/icons-react'
import { useDeployments } from '#components/data/use-deployments'
import { useUrlParams } from '#components/data/use-url-params'
import { ActiveFaults } from '#components/deployments/active-faults'
import { DeploymentDrawer } from '#components/deployments/deployment-drawer'
import { RegionBoard } from '#components/deployments/region-board'
import { TierChains } from '#components/deployments/tier-chains'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'
import { Panel } from '#components/ui/panel'
import { StaleStrip } from '#components/ui/stale-strip'

/** Who serves, who is sick, what retires? */
export function DeploymentsPage() {
  const { data, error, dataUpdatedAt, refetch } = useDeployments()
  const { get, set } = useUrlParams()
  const openId = get('deployment')
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
      <ActiveFaults />
      {data.deployments.length === 0 ? (
        <Panel title="Catalog">
          <EmptyNotice icon={<IconServer2 size={18} />} title="The catalog names no deployment">
            Deployments come from the built-in catalog or from the file that HUNTAZE_CATALOG names.
          </EmptyNotice>
        </Panel>
      ) : null}
      {data.regions.map((region) => (
        <RegionBoard
          key={region.name}
          region={region}
          deployments={data.deployments.filter((deployment) => deployment.region === region.name)}
          openId={openId}
          onOpen={(id) => set({ deployment: id }, 'push')}
        />
      ))}
      <TierChains view={data} />
      <DeploymentDrawer
        deployment={data.deployments.find(({ id }) => id === openId) ?? null}
        missingId={openId !== null && data.deployments.every(({ id }) => id !== openId) ? openId : null}
        onClose={() => set({ deployment: null }, 'push')}
      />
    </Page>
  )
}

function DeploymentsSkeleton() {
  return (
    <>
      <Skeleton height={236} radius="lg" role="status" aria-label="Loading the deployments" />
      <Skeleton height={236} radius="lg" />
      <Skeleton height={160} radius="lg" />
    </>
  )
}
