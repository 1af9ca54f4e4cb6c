'use client'

import { Button, Drawer } from '@mantine/core'
import Link from 'next/link'
import { useStatus } from '#components/data/use-status'
import { DeploymentState } from '#components/deployments/deployment-state'
import { FaultForm } from '#components/deployments/fault-form'
import { lifecycleSentence } from '#components/deployments/lifecycle-tag'
import { TierPlaces } from '#components/deployments/tier-places'
import { CopyId } from '#components/ui/copy-id'
import { FactList } from '#components/ui/fact-list'
import { formatCost } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRate, formatRatio } from '#components/ui/format-number'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './deployments.module.css'

export interface DeploymentDrawerProps {
  deployment: DeploymentView | null
  /** An id in the address that the catalog does not know. */
  missingId: string | null
  onClose: () => void
}

/** One deployment in full; in simulated mode also where it can be told to misbehave. */
export function DeploymentDrawer({ deployment, missingId, onClose }: DeploymentDrawerProps) {
  return (
    <Drawer
      opened={deployment !== null || missingId !== null}
      onClose={onClose}
      position="right"
      size={620}
      title={deployment?.id ?? missingId}
      closeButtonProps={{ 'aria-label': 'Close deployment' }}
    >
      {deployment ? (
        <DeploymentReport deployment={deployment} />
      ) : (
        <p>The catalog has no deployment {missingId}.</p>
      )}
    </Drawer>
  )
}

function DeploymentReport({ deployment }: { deployment: DeploymentView }) {
  const { data: status } = useStatus()
  return (
    <div className={classes.drawer}>
      <section aria-label="State">
        <DeploymentState deployment={deployment} />
        {deployment.stateReason ? <p className={classes.notice}>{deployment.stateReason}</p> : null}
      </section>
      {deployment.lifecycle.stage === 'retired' || deployment.lifecycle.stage === 'deprecated' ? (
        <p className={classes.notice}>
          {deployment.model}: {lifecycleSentence(deployment.lifecycle)}
        </p>
      ) : null}
      <section aria-label="Traffic">
        <h3 className={classes.heading}>Last 15 minutes</h3>
        <TrafficFacts deployment={deployment} />
        <Button
          mt={8}
          variant="default"
          component={Link}
          href={`/requests?deploymentId=${encodeURIComponent(deployment.id)}`}
        >
          See its requests
        </Button>
      </section>
      <section aria-label="Catalog">
        <h3 className={classes.heading}>Catalog</h3>
        <CatalogFacts deployment={deployment} />
      </section>
      {status && status.simulated.length > 0 && deployment.simulated ? (
        <FaultForm deployment={deployment} />
      ) : null}
    </div>
  )
}

function TrafficFacts({ deployment }: { deployment: DeploymentView }) {
  return (
    <FactList
      facts={[
        ['Requests', `${formatCount(deployment.requests)}, ${formatRate(deployment.requestsPerSecond)}/s`],
        ['Errors', formatRatio(deployment.errorRatio)],
        ['Latency p95', formatMs(deployment.latencyP95Ms)],
        ['First token p95', formatMs(deployment.firstTokenP95Ms)],
        ['In flight', formatCount(deployment.inFlight)],
        ['Tokens left', left(deployment.remainingTokens, 'this minute')],
        ['Requests left', left(deployment.remainingRequests, 'in the window')],
        ['Utilisation', deployment.utilization === null ? null : formatRatio(deployment.utilization)],
        ['Cost', formatCost(deployment.costPicoUsd)],
      ]}
    />
  )
}

function left(value: number | null, when: string): string {
  return value === null ? 'not reported by the provider' : `${formatCount(value)} ${when}`
}

function CatalogFacts({ deployment }: { deployment: DeploymentView }) {
  return (
    <FactList
      facts={[
        ['Id', <CopyId key="id" value={deployment.id} label="deployment id" />],
        ['Name at the provider', <CopyId key="name" value={deployment.deployment} label="deployment name" />],
        ['Provider', `${deployment.provider}${deployment.simulated ? ', simulated' : ''}`],
        ['Region', deployment.region],
        ['Endpoint', <CopyId key="endpoint" value={deployment.endpoint} label="endpoint" />],
        ['Model', deployment.model],
        ['Lifecycle', lifecycleSentence(deployment.lifecycle)],
        [
          'Context',
          deployment.contextTokens === null ? 'unknown' : `${formatCount(deployment.contextTokens)} tokens`,
        ],
        ['Tiers', <TierPlaces key="tiers" tiers={deployment.tiers} />],
      ]}
    />
  )
}
