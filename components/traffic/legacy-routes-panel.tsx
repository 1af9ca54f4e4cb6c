'use client'

import { IconArrowBackUp } from '@tabler/icons-react'
import { useProbeRoutes } from '#components/data/use-traffic'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyFailed } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ProviderMark } from '#components/ui/provider-mark'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { LegacyRouteView, TrafficView } from '#lib/contracts/traffic'
import classes from './traffic.module.css'

const states = {
  ready: { tone: 'good', word: 'ready' },
  not_ready: { tone: 'bad', word: 'not ready' },
  unknown: { tone: 'neutral', word: 'not known' },
} as const

const columns: readonly Column<LegacyRouteView>[] = [
  {
    id: 'route',
    label: 'Route',
    sortBy: ({ deploymentId }) => deploymentId,
    render: ({ deploymentId, provider }) => <ProviderMark provider={provider}>{deploymentId}</ProviderMark>,
  },
  { id: 'tiers', label: 'Way back of', render: ({ tiers }) => tiers.join(', ') || 'embeddings' },
  {
    id: 'state',
    label: 'State',
    sortBy: ({ state }) => state,
    render: ({ state, notes, simulated }) => (
      <span className={classes.tag}>
        <StateTag tone={states[state].tone}>{states[state].word}</StateTag>
        <span className={classes.soft}>{[...notes, ...(simulated ? ['simulated'] : [])].join('; ')}</span>
      </span>
    ),
  },
  {
    id: 'probed',
    label: 'Probed',
    sortBy: ({ probedAt }) => probedAt,
    render: ({ probedAt }) => (probedAt ? <RelativeTime at={probedAt} /> : 'never'),
  },
  {
    id: 'latency',
    label: 'Answered in',
    numeric: true,
    sortBy: ({ latencyMs }) => latencyMs,
    render: ({ latencyMs }) => formatMs(latencyMs),
  },
  {
    id: 'limits',
    label: 'Left of its limits',
    numeric: true,
    render: (route) => <Limits route={route} />,
  },
]

function Limits({ route }: { route: LegacyRouteView }) {
  const { remainingRequests, limitRequests, remainingTokens, limitTokens } = route
  if (limitRequests === null && limitTokens === null) return <span className={classes.soft}>not stated</span>
  return (
    <span className={classes.numbers}>
      {formatCount(remainingRequests)} of {formatCount(limitRequests)} requests,{' '}
      {formatCount(remainingTokens)} of {formatCount(limitTokens)} tokens
    </span>
  )
}

/** Whether the way back is open: the last probe of every legacy route. */
export function LegacyRoutesPanel({ view }: { view: TrafficView }) {
  const probe = useProbeRoutes()
  const { everyMinutes, dailyCapUsd, spentTodayPicoUsd } = view.probe
  const often = everyMinutes === 0 ? 'probed by hand only' : `probed every ${everyMinutes} min`
  const hint = `${often}, ${formatCost(spentTodayPicoUsd)} of $${dailyCapUsd} today`
  return (
    <Panel
      title="The way back"
      hint={hint}
      flush
      actions={
        <GuardedButton
          needs="operator"
          variant="default"
          loading={probe.isPending}
          onClick={() =>
            probe.mutate(undefined, {
              onError: (error) => notifyFailed('The routes were not probed', error),
            })
          }
        >
          Probe now
        </GuardedButton>
      }
    >
      {view.routes.length === 0 ? (
        <EmptyNotice icon={<IconArrowBackUp size={18} />} title="No tier has a legacy chain">
          Name one in the catalog (tiers.NAME.legacy), or nothing can be rolled back.
        </EmptyNotice>
      ) : (
        <DataTable
          label="Legacy routes"
          columns={columns}
          rows={view.routes}
          rowKey={({ deploymentId }) => deploymentId}
          rowTone={({ state }) => (state === 'not_ready' ? 'bad' : null)}
        />
      )}
    </Panel>
  )
}
