'use client'

import { Button, Skeleton } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { type AlertDeed, AlertDeedModal } from '#components/alerts/alert-deed-modal'
import { AlertGraph } from '#components/alerts/alert-graph'
import { severityTones, stateTones } from '#components/alerts/alert-words'
import { useActorName } from '#components/data/use-actor-name'
import { useAlertsSummary, useOpenAlerts } from '#components/data/use-alerts'
import { useUrlParams } from '#components/data/use-url-params'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { AlertView } from '#lib/contracts/alerts'
import classes from './alerts.module.css'

/** What fires, the gravest first, with what a person can do about it. */
export function FiringPanel() {
  const { data, error, refetch } = useOpenAlerts()
  const { data: summary } = useAlertsSummary()
  const [asked, setAsked] = useState<AlertDeed | null>(null)
  const evaluated = summary?.evaluatedAt
  return (
    <Panel
      title="Firing"
      flush
      hint={
        evaluated ? (
          <>
            rules looked at <RelativeTime at={evaluated} />
          </>
        ) : undefined
      }
    >
      {data && data.alerts.length > 0 ? (
        <ul className={classes.list} aria-label="Firing alerts">
          {data.alerts.map((alert) => (
            <FiringAlert key={alert.id} alert={alert} onAsk={setAsked} />
          ))}
        </ul>
      ) : null}
      {data?.alerts.length === 0 ? (
        <EmptyNotice icon={<IconCircleCheck size={18} />} title="Nothing fires">
          Rules are looked at every few seconds. What they find stands here, the gravest first, and is sent to
          the channels.
        </EmptyNotice>
      ) : null}
      {!data && error ? <ErrorNotice what="The alerts" error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? (
        <Skeleton height={150} radius={0} role="status" aria-label="Loading the alerts" />
      ) : null}
      <AlertDeedModal asked={asked} onClose={() => setAsked(null)} />
    </Panel>
  )
}

function FiringAlert({ alert, onAsk }: { alert: AlertView; onAsk: (asked: AlertDeed) => void }) {
  const { set } = useUrlParams()
  const actorName = useActorName()
  return (
    <li className={classes.item}>
      <div>
        <div className={classes.meta}>
          <StateTag tone={severityTones[alert.severity]}>{alert.severity}</StateTag>
          {alert.state === 'acknowledged' ? (
            <StateTag tone={stateTones.acknowledged} look="plain">
              acknowledged by {actorName(alert.acknowledgedBy ?? '')}
            </StateTag>
          ) : null}
          {alert.silencedUntil ? (
            <StateTag tone="neutral" look="plain">
              silenced until <RelativeTime at={alert.silencedUntil} />
            </StateTag>
          ) : null}
          <span>
            since <RelativeTime at={alert.firedAt} />
          </span>
        </div>
        <p className={classes.sentence}>{alert.sentence}</p>
      </div>
      <AlertGraph alert={alert} />
      <div className={classes.actions}>
        <GuardedButton
          needs="operator"
          size="compact-sm"
          disabled={alert.state === 'acknowledged'}
          onClick={() => onAsk({ deed: 'acknowledge', alert })}
          aria-label={`Acknowledge: ${alert.sentence}`}
        >
          Acknowledge
        </GuardedButton>
        <GuardedButton
          needs="operator"
          size="compact-sm"
          variant="default"
          disabled={alert.silencedUntil !== null}
          onClick={() => onAsk({ deed: 'silence', alert })}
          aria-label={`Silence: ${alert.sentence}`}
        >
          Silence
        </GuardedButton>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => set({ alert: alert.id }, 'push')}
          aria-label={`Details: ${alert.sentence}`}
        >
          Details
        </Button>
      </div>
    </li>
  )
}
