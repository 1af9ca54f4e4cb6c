'use client'

import { Skeleton } from '@mantine/core'
import { IconFlask2 } from '@tabler/icons-react'
import { useDeployments } from '#components/data/use-deployments'
import { useStatus } from '#components/data/use-status'
import { ActiveFaults } from '#components/deployments/active-faults'
import { FaultForm } from '#components/deployments/fault-form'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'
import { Panel } from '#components/ui/panel'
import { StaleStrip } from '#components/ui/stale-strip'
import classes from './faults.module.css'

/** Does it hold when a provider misbehaves? Script a fault and watch what it causes. */
export function FaultsPage() {
  const status = useStatus()
  const deployments = useDeployments()
  const error = status.error ?? deployments.error
  const retry = () => void Promise.all([status.refetch(), deployments.refetch()])
  if (!status.data || !deployments.data) {
    return (
      <Page>
        {error ? (
          <Panel title="Faults">
            <ErrorNotice what="The faults" error={error} onRetry={retry} />
          </Panel>
        ) : (
          <Skeleton height={320} radius="lg" role="status" aria-label="Loading the faults" />
        )}
      </Page>
    )
  }
  if (status.data.simulated.length === 0) return <NothingSimulated />
  return (
    <Page>
      {error ? <StaleStrip error={error} readAtMs={deployments.dataUpdatedAt} onRetry={retry} /> : null}
      <div className={classes.columns}>
        <FaultForm deployments={deployments.data.deployments} />
        <ActiveFaults deployments={deployments.data.deployments} />
      </div>
    </Page>
  )
}

function NothingSimulated() {
  return (
    <Page>
      <Panel title="Faults">
        <EmptyNotice icon={<IconFlask2 size={18} />} title="Nothing is simulated here">
          Every provider is a real one, and real ones cannot be told to fail. Start the program without a
          provider’s endpoint and key to rehearse its faults against the built-in simulator.
        </EmptyNotice>
      </Panel>
    </Page>
  )
}
