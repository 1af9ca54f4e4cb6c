'use client'

import { Skeleton } from '@mantine/core'
import { IconPlus, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { ChannelModal } from '#components/alerts/channel-modal'
import { DeliveriesPanel } from '#components/alerts/deliveries-panel'
import { useAlertChannels, useRemoveChannel, useTestChannel } from '#components/data/use-alert-channels'
import { useHasRole } from '#components/data/use-me'
import { useUrlParams } from '#components/data/use-url-params'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone, notifyFailed } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { StateTag } from '#components/ui/state-tag'
import type { AlertChannelView } from '#lib/contracts/alert-channels'
import classes from './alerts.module.css'

/** Where alerts are sent, and what became of the last messages. */
export function ChannelsPanel() {
  const isOperator = useHasRole('operator')
  const { data, error, refetch } = useAlertChannels(isOperator)
  const { get, set } = useUrlParams()
  const isAdmin = useHasRole('admin')
  const [removing, setRemoving] = useState<AlertChannelView | null>(null)
  return (
    <>
      <Panel
        title="Channels"
        flush
        actions={
          <GuardedButton
            needs="admin"
            leftSection={<IconPlus size={14} />}
            onClick={() => set({ create: 'channel' })}
          >
            New channel
          </GuardedButton>
        }
      >
        {data && data.channels.length > 0 ? (
          <Channels channels={data.channels} onRemove={setRemoving} />
        ) : null}
        {data?.channels.length === 0 ? (
          <EmptyNotice icon={<IconSend size={18} />} title="No channel yet">
            A channel is a signed webhook (also in the shape of Slack or Teams) or a mail server. Until there
            is one, alerts are shown here and nobody is told.
          </EmptyNotice>
        ) : null}
        {isOperator ? null : <p className={classes.more}>Channels are shown to operators.</p>}
        {!data && error ? (
          <ErrorNotice what="The channels" error={error} onRetry={() => void refetch()} />
        ) : null}
        {!data && !error && isOperator ? (
          <Skeleton height={150} radius={0} role="status" aria-label="Loading the channels" />
        ) : null}
      </Panel>
      {data ? <DeliveriesPanel deliveries={data.deliveries} /> : null}
      <ChannelModal opened={get('create') === 'channel' && isAdmin} onClose={() => set({ create: null })} />
      <RemoveChannel channel={removing} onClose={() => setRemoving(null)} />
    </>
  )
}

function RemoveChannel({ channel, onClose }: { channel: AlertChannelView | null; onClose: () => void }) {
  const act = useRemoveChannel()
  if (channel === null) return null
  return (
    <ReasonModal
      opened
      title={`Remove “${channel.name}”`}
      effect="It is told of no alert any more; messages that wait for it are given up."
      verb="Remove channel"
      danger
      busy={act.isPending}
      error={act.error}
      onClose={onClose}
      onConfirm={(reason) => act.mutate({ id: channel.id, reason }, { onSuccess: onClose })}
    />
  )
}

function Channels(props: {
  channels: readonly AlertChannelView[]
  onRemove: (channel: AlertChannelView) => void
}) {
  return (
    <DataTable
      label="Channels"
      columns={columns(props.onRemove)}
      rows={props.channels}
      rowKey={({ id }) => id}
    />
  )
}

function target({ config }: AlertChannelView): string {
  return config.kind === 'webhook' ? config.url : `${config.to.join(', ')} by ${config.host}:${config.port}`
}

function columns(onRemove: (channel: AlertChannelView) => void): readonly Column<AlertChannelView>[] {
  return [
    { id: 'name', label: 'Name', sortBy: ({ name }) => name, render: ({ name }) => <strong>{name}</strong> },
    {
      id: 'kind',
      label: 'Kind',
      render: ({ config }) => (config.kind === 'email' ? 'mail' : `webhook, ${config.format}`),
    },
    {
      id: 'target',
      label: 'To',
      render: (channel) => <span className={classes.mono}>{target(channel)}</span>,
    },
    { id: 'severity', label: 'From severity', render: ({ severity }) => severity },
    {
      id: 'state',
      label: 'State',
      render: ({ enabled, hasSecret }) => (
        <StateTag tone={enabled ? 'good' : 'neutral'} look="plain">
          {enabled ? 'on' : 'off'}
          {hasSecret ? ', secret kept' : ''}
        </StateTag>
      ),
    },
    {
      id: 'act',
      label: 'Action',
      render: (channel) => (
        <span className={classes.actions}>
          <TestButton channel={channel} />
          <GuardedButton
            needs="admin"
            size="compact-xs"
            variant="default"
            onClick={() => onRemove(channel)}
            aria-label={`Remove ${channel.name}`}
          >
            Remove
          </GuardedButton>
        </span>
      ),
    },
  ]
}

function TestButton({ channel }: { channel: AlertChannelView }) {
  const test = useTestChannel()
  const run = () =>
    test.mutate(channel.id, {
      onSuccess: ({ delivery }) =>
        delivery.state === 'sent'
          ? notifyDone('The test message was taken', channel.name)
          : notifyFailed(
              'The test message was not taken',
              new Error(delivery.error ?? 'The reason is not known.'),
            ),
      onError: (error) => notifyFailed('The test message was not sent', error),
    })
  return (
    <GuardedButton
      needs="operator"
      size="compact-xs"
      variant="default"
      loading={test.isPending}
      onClick={run}
      aria-label={`Test ${channel.name}`}
    >
      Test
    </GuardedButton>
  )
}
