'use client'

import { useTestChannel } from '#components/data/use-alert-channels'
import { useAlertRules } from '#components/data/use-alerts'
import { type Column, DataTable } from '#components/ui/data-table'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone, notifyFailed } from '#components/ui/notify'
import { StateTag } from '#components/ui/state-tag'
import type { AlertChannelView } from '#lib/contracts/alert-channels'
import classes from './alerts.module.css'

/** What is asked for one channel. */
export type ChannelDeed = 'edit' | 'switch' | 'remove'

interface ChannelTableProps {
  channels: readonly AlertChannelView[]
  onAsk: (deed: ChannelDeed, channel: AlertChannelView) => void
}

export function ChannelTable({ channels, onAsk }: ChannelTableProps) {
  const rules = useAlertRules().data?.rules ?? []
  const ruleName = (id: string) => rules.find(({ rule }) => rule.id === id)?.rule.name ?? id
  return (
    <DataTable
      label="Channels"
      columns={columns({ onAsk, ruleName })}
      rows={channels}
      rowKey={({ id }) => id}
    />
  )
}

function target({ config }: AlertChannelView): string {
  return config.kind === 'webhook' ? config.url : `${config.to.join(', ')} by ${config.host}:${config.port}`
}

interface ColumnParts extends Pick<ChannelTableProps, 'onAsk'> {
  ruleName: (id: string) => string
}

function columns({ onAsk, ruleName }: ColumnParts): readonly Column<AlertChannelView>[] {
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
      id: 'rules',
      label: 'Rules',
      render: ({ rules }) => (rules === null ? 'all' : rules.map(ruleName).join(', ')),
    },
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
          <DeedButton verb="Edit" channel={channel} onClick={() => onAsk('edit', channel)} />
          <DeedButton
            verb={channel.enabled ? 'Switch off' : 'Switch on'}
            channel={channel}
            onClick={() => onAsk('switch', channel)}
          />
          <DeedButton verb="Remove" channel={channel} onClick={() => onAsk('remove', channel)} />
        </span>
      ),
    },
  ]
}

function DeedButton(props: { verb: string; channel: AlertChannelView; onClick: () => void }) {
  const { verb, channel, onClick } = props
  return (
    <GuardedButton
      needs="admin"
      size="compact-xs"
      variant="default"
      onClick={onClick}
      aria-label={`${verb} ${channel.name}`}
    >
      {verb}
    </GuardedButton>
  )
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
