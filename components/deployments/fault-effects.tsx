'use client'

import { Countdown } from '#components/deployments/countdown'
import { DeploymentTag } from '#components/deployments/deployment-state'
import { isTargeted } from '#components/deployments/fault-targets'
import { nextMove } from '#components/deployments/next-move'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { ProviderMark } from '#components/ui/provider-mark'
import { QuietLink } from '#components/ui/quiet-link'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './faults.module.css'

export interface FaultEffectsProps {
  target: string
  deployments: readonly DeploymentView[]
}

/** How the deployments that a fault hits stand now, live. */
export function FaultEffects({ target, deployments }: FaultEffectsProps) {
  const hit = deployments.filter((deployment) => isTargeted(target, deployment))
  if (hit.length === 0) return <p className={classes.effect}>No deployment of the catalog is hit by it.</p>
  const total = deployments.reduce((sum, deployment) => sum + lastMinutes(deployment), 0)
  return (
    <div className={classes.effects}>
      <DataTable
        label={`Deployments hit by the fault on ${target}`}
        columns={columns(total)}
        rows={hit}
        rowKey={({ id }) => id}
      />
    </div>
  )
}

function columns(total: number): readonly Column<DeploymentView>[] {
  return [
    {
      id: 'deployment',
      label: 'Deployment',
      width: 160,
      render: ({ id, provider }) => (
        <QuietLink href={`/deployments?deployment=${encodeURIComponent(id)}`}>
          <ProviderMark provider={provider}>{id}</ProviderMark>
        </QuietLink>
      ),
    },
    { id: 'state', label: 'State', width: 210, render: (row) => <State deployment={row} /> },
    {
      id: 'failing',
      label: 'Bad calls',
      numeric: true,
      width: 120,
      sortBy: (row) => health(row)?.errorRatio ?? null,
      render: (row) => <BadCalls deployment={row} />,
    },
    {
      id: 'share',
      label: 'Share of requests',
      numeric: true,
      width: 130,
      sortBy: lastMinutes,
      render: (row) => (total === 0 ? '–' : formatRatio(lastMinutes(row) / total)),
    },
  ]
}

function State({ deployment }: { deployment: DeploymentView }) {
  const move = nextMove(deployment)
  return (
    <span className={classes.state}>
      <DeploymentTag state={deployment.state} />
      {move ? <Countdown move={move} /> : null}
    </span>
  )
}

/** Of the breaker's sliding window, since that shows a fault within seconds. */
function BadCalls({ deployment }: { deployment: DeploymentView }) {
  const { calls = 0, errorRatio = null } = health(deployment) ?? {}
  if (calls === 0 || errorRatio === null) return <span className={classes.soft}>no call</span>
  return (
    <span title={`${formatRatio(errorRatio)} of the calls in the sliding window of its health breaker`}>
      {formatCount(Math.round(calls * errorRatio))} of {formatCount(calls)}
    </span>
  )
}

function health({ breakers }: DeploymentView) {
  return breakers.find(({ signal }) => signal === 'health')
}

/** Requests of the minute under way and the one before: long enough to mean something, short enough to move. */
function lastMinutes({ requestsSparkline }: DeploymentView): number {
  return requestsSparkline.slice(-2).reduce((sum, requests) => sum + requests, 0)
}
