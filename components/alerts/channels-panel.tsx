'use client'

import { Skeleton } from '@mantine/core'
import { IconPlus, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { ChannelModal } from '#components/alerts/channel-modal'
import { type ChannelDeed, ChannelTable } from '#components/alerts/channel-table'
import { DeliveriesPanel } from '#components/alerts/deliveries-panel'
import { useAlertChannels, useChangeChannel, useRemoveChannel } from '#components/data/use-alert-channels'
import { useHasRole } from '#components/data/use-me'
import { useUrlParams } from '#components/data/use-url-params'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AlertChannelView } from '#lib/contracts/alert-channels'
import classes from './alerts.module.css'

/** Where alerts are sent, and what became of the last messages. */
export function ChannelsPanel() {
  const isOperator = useHasRole('operator')
  const { data, error, refetch } = useAlertChannels(isOperator)
  const { get, set } = useUrlParams()
  const isAdmin = useHasRole('admin')
  const [asked, setAsked] = useState<{ deed: ChannelDeed; channel: AlertChannelView } | null>(null)
  const close = () => setAsked(null)
  const edited = data?.channels.find(({ id }) => id === get('channel')) ?? null
  const ask = (deed: ChannelDeed, channel: AlertChannelView) =>
    deed === 'edit' ? set({ channel: channel.id }) : setAsked({ deed, channel })
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
        {data && data.channels.length > 0 ? <ChannelTable channels={data.channels} onAsk={ask} /> : null}
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
      <ChannelModal
        opened={isAdmin && (edited !== null || get('create') === 'channel')}
        channel={edited}
        onClose={() => set({ create: null, channel: null })}
      />
      {asked?.deed === 'remove' ? <RemoveChannel channel={asked.channel} onClose={close} /> : null}
      {asked?.deed === 'switch' ? <SwitchChannel channel={asked.channel} onClose={close} /> : null}
    </>
  )
}

interface DeedProps {
  channel: AlertChannelView
  onClose: () => void
}

function RemoveChannel({ channel, onClose }: DeedProps) {
  const act = useRemoveChannel()
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

function SwitchChannel({ channel, onClose }: DeedProps) {
  const act = useChangeChannel()
  const { id, name, severity, rules, config, enabled } = channel
  const body = { id, name, severity, rules, config, enabled: !enabled }
  return (
    <ReasonModal
      opened
      title={`Switch ${enabled ? 'off' : 'on'} “${name}”`}
      effect={
        enabled
          ? 'It is told of no alert until it is switched on again; messages that wait for it are given up.'
          : 'It is told of what fires and resolves from now on.'
      }
      verb={enabled ? 'Switch off' : 'Switch on'}
      busy={act.isPending}
      error={act.error}
      onClose={onClose}
      onConfirm={(reason) => act.mutate({ ...body, reason }, { onSuccess: onClose })}
    />
  )
}
