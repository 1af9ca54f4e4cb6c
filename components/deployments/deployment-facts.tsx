import { Button } from '@mantine/core'
import Link from 'next/link'
import { lifecycleSentence } from '#components/deployments/lifecycle-tag'
import { TierPlaces } from '#components/deployments/tier-places'
import { CopyId } from '#components/ui/copy-id'
import { FactList } from '#components/ui/fact-list'
import { formatCost } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRate, formatRatio } from '#components/ui/format-number'
import type { DeploymentView } from '#lib/contracts/deployments'

/** What it served in the last 15 minutes and what its limits leave. */
export function TrafficFacts({ deployment }: { deployment: DeploymentView }) {
  return (
    <>
      <FactList
        facts={[
          ['Requests', `${formatCount(deployment.requests)}, ${formatRate(deployment.requestsPerSecond)}/s`],
          ['Errors', formatRatio(deployment.errorRatio)],
          ['Latency p95', formatMs(deployment.latencyP95Ms)],
          ['First token p95', formatMs(deployment.firstTokenP95Ms)],
          [
            'In flight',
            `${formatCount(deployment.inFlight)} of ${formatCount(deployment.maxInFlight)} places`,
          ],
          ['Waiting', `${formatCount(deployment.queued)} for a place`],
          ['Tokens left', left(deployment.remainingTokens, deployment.limitTokens, 'this minute')],
          ['Requests left', left(deployment.remainingRequests, deployment.limitRequests, 'in the window')],
          ['PTU utilisation', deployment.utilization === null ? null : formatRatio(deployment.utilization)],
          ['Cost', formatCost(deployment.costPicoUsd)],
        ]}
      />
      <Button
        mt={8}
        variant="default"
        component={Link}
        href={`/requests?deploymentId=${encodeURIComponent(deployment.id)}`}
      >
        See its requests
      </Button>
    </>
  )
}

function left(value: number | null, limit: number | null, when: string): string {
  if (value === null) return 'not reported by the provider'
  return limit === null
    ? `${formatCount(value)} ${when}`
    : `${formatCount(value)} of ${formatCount(limit)} ${when}`
}

/** What the catalog says of it. */
export function CatalogFacts({ deployment }: { deployment: DeploymentView }) {
  const context =
    deployment.contextTokens === null ? 'unknown' : `${formatCount(deployment.contextTokens)} tokens`
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
        ['Context', context],
        ['Tiers', <TierPlaces key="tiers" tiers={deployment.tiers} />],
      ]}
    />
  )
}
