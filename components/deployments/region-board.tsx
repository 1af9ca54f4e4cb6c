'use client'

import type { MouseEvent } from 'react'
import { Sparkline } from '#components/charts/sparkline'
import { useUrlParams } from '#components/data/use-url-params'
import { DeploymentState } from '#components/deployments/deployment-state'
import { LifecycleTag } from '#components/deployments/lifecycle-tag'
import { TierPlaces } from '#components/deployments/tier-places'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatMs } from '#components/ui/format-duration'
import { formatCompact, formatRate, formatRatio } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { ProviderMark } from '#components/ui/provider-mark'
import { StateTag } from '#components/ui/state-tag'
import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import classes from './deployments.module.css'

const roleWords = { primary: 'primary region', dr: 'disaster recovery', legacy: 'legacy provider' } as const

export interface RegionBoardProps {
  region: DeploymentsView['regions'][number]
  deployments: readonly DeploymentView[]
  openId: string | null
  onOpen: (id: string) => void
}

/** A region's deployments with their state, traffic of the last 15 minutes and what their limits leave. */
export function RegionBoard({ region, deployments, openId, onOpen }: RegionBoardProps) {
  const cooling = deployments.filter(({ state }) => state === 'cooldown').length
  const rate = deployments.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)
  return (
    <Panel
      title={region.name}
      hint={roleWords[region.role]}
      flush
      actions={
        <>
          {cooling > 0 ? <StateTag tone="warn">{cooling} in cooldown</StateTag> : null}
          <span className={classes.rate}>{formatRate(rate)} requests/s</span>
        </>
      }
    >
      <DataTable
        label={`Deployments in ${region.name}`}
        columns={columns(onOpen)}
        rows={deployments}
        rowKey={({ id }) => id}
        onRowClick={({ id }) => onOpen(id)}
        selectedKey={openId}
      />
    </Panel>
  )
}

function columns(onOpen: (id: string) => void): readonly Column<DeploymentView>[] {
  return [
    {
      id: 'deployment',
      label: 'Deployment',
      width: 190,
      sortBy: ({ id }) => id,
      render: (row) => <DeploymentLink row={row} onOpen={onOpen} />,
    },
    {
      id: 'state',
      label: 'State',
      width: 134,
      sortBy: ({ state }) => state,
      render: (row) => <DeploymentState deployment={row} />,
    },
    {
      id: 'model',
      label: 'Model',
      width: 172,
      sortBy: ({ model }) => model,
      render: (row) => <ModelCell row={row} />,
    },
    { id: 'tiers', label: 'Tiers', width: 96, render: ({ tiers }) => <TierPlaces tiers={tiers} /> },
    {
      id: 'rate',
      label: 'Requests/s',
      numeric: true,
      width: 116,
      sortBy: ({ requestsPerSecond }) => requestsPerSecond,
      render: (row) => <Traffic row={row} />,
    },
    {
      id: 'errors',
      label: 'Errors',
      numeric: true,
      width: 66,
      sortBy: ({ errorRatio }) => errorRatio,
      render: ({ errorRatio }) => (
        <span className={(errorRatio ?? 0) >= 0.05 ? classes.bad : undefined}>{formatRatio(errorRatio)}</span>
      ),
    },
    {
      id: 'first',
      label: 'First token p95',
      numeric: true,
      width: 114,
      sortBy: (row) => row.firstTokenP95Ms,
      render: (row) => formatMs(row.firstTokenP95Ms),
    },
    {
      id: 'p95',
      label: 'Total p95',
      numeric: true,
      width: 84,
      sortBy: (row) => row.latencyP95Ms,
      render: (row) => formatMs(row.latencyP95Ms),
    },
    {
      id: 'flight',
      label: 'In flight',
      numeric: true,
      width: 76,
      sortBy: ({ inFlight }) => inFlight,
      render: ({ inFlight }) => inFlight,
    },
    {
      id: 'left',
      label: 'TPM / RPM left',
      numeric: true,
      width: 128,
      sortBy: ({ remainingTokens }) => remainingTokens,
      render: (row) => `${formatCompact(row.remainingTokens)} / ${formatCompact(row.remainingRequests)}`,
    },
  ]
}

function Traffic({ row }: { row: DeploymentView }) {
  return (
    <span className={classes.traffic}>
      <span className={classes.spark}>
        <Sparkline values={row.requestsSparkline} color={providerColor(row)} height={20} />
      </span>
      <span className={classes.rateValue}>{formatRate(row.requestsPerSecond)}</span>
    </span>
  )
}

function providerColor({ provider }: DeploymentView): string {
  return provider === 'azure-openai' ? 'var(--c-azure)' : 'var(--c-legacy)'
}

function DeploymentLink({ row, onOpen }: { row: DeploymentView; onOpen: (id: string) => void }) {
  const { href } = useUrlParams()
  const open = (event: MouseEvent) => {
    event.stopPropagation()
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    onOpen(row.id)
  }
  return (
    <a href={href({ deployment: row.id })} className={classes.open} onClick={open}>
      <ProviderMark provider={row.provider}>{row.id}</ProviderMark>
      <span className={classes.wireName}>{row.deployment}</span>
    </a>
  )
}

function ModelCell({ row }: { row: DeploymentView }) {
  return (
    <span className={classes.model}>
      {row.model}
      <LifecycleTag lifecycle={row.lifecycle} />
    </span>
  )
}
