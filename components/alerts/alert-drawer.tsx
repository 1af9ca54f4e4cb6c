'use client'

import { Drawer, Skeleton } from '@mantine/core'
import { AlertGraph } from '#components/alerts/alert-graph'
import {
  deliveryTones,
  deliveryWords,
  eventWords,
  severityTones,
  stateTones,
} from '#components/alerts/alert-words'
import { useActorName } from '#components/data/use-actor-name'
import { useAlert } from '#components/data/use-alerts'
import { CopyId } from '#components/ui/copy-id'
import { ErrorNotice } from '#components/ui/error-notice'
import { FactList } from '#components/ui/fact-list'
import { QuietLink } from '#components/ui/quiet-link'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import { formatAlertValue } from '#lib/alerts/alert-sentence'
import type { AlertReport, AlertView } from '#lib/contracts/alerts'
import classes from './alerts.module.css'

/** One alert: why it fired, the requests behind it, what happened since, and who was told. */
export function AlertDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const { data, error, refetch } = useAlert(id)
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size={620}
      title={data?.alert.ruleName ?? 'Alert'}
      closeButtonProps={{ 'aria-label': 'Close alert' }}
    >
      {data ? <Report report={data} /> : null}
      {!data && error ? <ErrorNotice what="The alert" error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton height={300} role="status" aria-label="Loading the alert" /> : null}
    </Drawer>
  )
}

function Report({ report }: { report: AlertReport }) {
  const { alert } = report
  return (
    <div className={classes.drawer}>
      <div>
        <div className={classes.meta}>
          <StateTag tone={severityTones[alert.severity]}>{alert.severity}</StateTag>
          <StateTag tone={stateTones[alert.state]} look="plain">
            {alert.state}
          </StateTag>
        </div>
        <p className={classes.sentence}>{alert.sentence}</p>
        <p className={classes.soft}>{alert.about}</p>
      </div>
      <AlertGraph alert={alert} />
      <FactList facts={factsOf(alert)} />
      <section aria-label="Requests">
        <h3 className={classes.heading}>Requests that caused it</h3>
        {alert.requestIds.length === 0 ? <p className={classes.soft}>None is known.</p> : null}
        <ul className={classes.events}>
          {alert.requestIds.map((requestId) => (
            <li key={requestId} className={classes.mono}>
              <QuietLink href={`/requests?request=${encodeURIComponent(requestId)}`}>{requestId}</QuietLink>
            </li>
          ))}
        </ul>
      </section>
      <Events report={report} />
      <Deliveries report={report} />
    </div>
  )
}

function factsOf(alert: AlertView) {
  const facts = [
    ['Fired', <RelativeTime key="fired" at={alert.firedAt} />],
    ['Resolved', alert.resolvedAt === null ? null : <RelativeTime key="resolved" at={alert.resolvedAt} />],
    ['Worst', alert.unit === 'state' ? null : formatAlertValue(alert.worst, alert.unit)],
    ['Metric', <code key="metric">{alert.metric}</code>],
    ...Object.entries(alert.labels).map(([name, value]) => [name, value] as const),
    ['Alert id', <CopyId key="id" value={alert.id} label="alert id" />],
  ] as const
  return facts
}

function Events({ report }: { report: AlertReport }) {
  const actorName = useActorName()
  return (
    <section aria-label="History">
      <h3 className={classes.heading}>History</h3>
      <ol className={classes.events}>
        {report.events.map((event) => (
          <li key={event.id}>
            {eventWords[event.kind]} <RelativeTime at={event.at} />
            {event.actorId === null ? '' : ` by ${actorName(event.actorId)}`}
            {event.note === null ? null : <span className={classes.soft}>{`: ${event.note}`}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Deliveries({ report }: { report: AlertReport }) {
  return (
    <section aria-label="Messages">
      <h3 className={classes.heading}>Messages</h3>
      {report.deliveries.length === 0 ? <p className={classes.soft}>No channel was told.</p> : null}
      <ul className={classes.events}>
        {report.deliveries.map((delivery) => (
          <li key={delivery.id} className={classes.meta}>
            <StateTag tone={deliveryTones[delivery.state]} look="plain">
              {deliveryWords[delivery.state]}
            </StateTag>
            <span>{delivery.channelName}</span>
            <RelativeTime at={delivery.finishedAt ?? delivery.createdAt} />
            {delivery.error === null ? null : <span>{delivery.error}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
