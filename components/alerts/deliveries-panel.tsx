'use client'

import { useState } from 'react'
import { deliveryTones, deliveryWords } from '#components/alerts/alert-words'
import { useRetryDelivery } from '#components/data/use-alert-channels'
import { DataTable } from '#components/ui/data-table'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { AlertDeliveryView } from '#lib/contracts/alerts'
import classes from './alerts.module.css'

/** The last messages: taken, waiting for another try, or given up. */
export function DeliveriesPanel({ deliveries }: { deliveries: readonly AlertDeliveryView[] }) {
  const [again, setAgain] = useState<AlertDeliveryView | null>(null)
  const retry = useRetryDelivery()
  if (deliveries.length === 0) return null
  const dead = deliveries.filter(({ state }) => state === 'dead').length
  return (
    <Panel title="Messages" hint={dead > 0 ? `${dead} given up` : undefined} flush>
      <DataTable
        label="Messages"
        rows={deliveries}
        rowKey={({ id }) => id}
        columns={[
          { id: 'at', label: 'Made', render: ({ createdAt }) => <RelativeTime at={createdAt} /> },
          { id: 'to', label: 'Channel', render: ({ channelName }) => channelName },
          {
            id: 'what',
            label: 'What',
            render: ({ type, sentence }) => (
              <span className={classes.wrap}>{`${type.replace('alert.', '')}: ${sentence}`}</span>
            ),
          },
          {
            id: 'state',
            label: 'State',
            render: (delivery) => (
              <StateTag tone={deliveryTones[delivery.state]} look="plain">
                {deliveryWords[delivery.state]}
                {delivery.error === null ? '' : `: ${delivery.error}`}
              </StateTag>
            ),
          },
          { id: 'tries', label: 'Tries', numeric: true, render: ({ tries }) => tries },
          {
            id: 'again',
            label: 'Action',
            render: (delivery) =>
              delivery.state === 'dead' && delivery.alertId !== null ? (
                <GuardedButton
                  needs="operator"
                  size="compact-xs"
                  variant="default"
                  onClick={() => setAgain(delivery)}
                >
                  Send again
                </GuardedButton>
              ) : null,
          },
        ]}
      />
      <ReasonModal
        opened={again !== null}
        title="Send the message again"
        effect={`It is sent to ${again?.channelName ?? 'the channel'} now, and tried again if that fails.`}
        verb="Send again"
        busy={retry.isPending}
        error={retry.error}
        onClose={() => setAgain(null)}
        onConfirm={(reason) =>
          retry.mutate({ id: again?.id ?? '', reason }, { onSuccess: () => setAgain(null) })
        }
      />
    </Panel>
  )
}
