'use client'

import { IconMoodCheck } from '@tabler/icons-react'
import { EmptyNotice } from '#components/ui/empty-notice'
import { errorTitle } from '#components/ui/error-title'
import { OutcomeTag } from '#components/ui/outcome-tag'
import { Panel } from '#components/ui/panel'
import { QuietLink } from '#components/ui/quiet-link'
import { RelativeTime } from '#components/ui/relative-time'
import type { Overview } from '#lib/contracts/overview'
import classes from './recent-incidents.module.css'

/** The last requests that let their caller down; each opens its request. */
export function RecentIncidents({ overview }: { overview: Overview }) {
  return (
    <Panel
      title="Recent incidents"
      flush
      actions={<QuietLink href="/requests?outcome=error">All errors</QuietLink>}
    >
      {overview.incidents.length === 0 ? (
        <EmptyNotice icon={<IconMoodCheck size={18} />} title="No incident">
          Requests that fail or are cut in the middle of the answer would be listed here.
        </EmptyNotice>
      ) : (
        <ul className={classes.list}>
          {overview.incidents.map((incident) => (
            <li key={incident.requestId} className={classes.item}>
              <OutcomeTag outcome={incident.outcome} />
              <div className={classes.what}>
                <QuietLink href={`/requests?request=${encodeURIComponent(incident.requestId)}`}>
                  {errorTitle(incident.errorCode) ?? 'No error code'}
                </QuietLink>
                <span className={classes.where}>{incident.deploymentId || 'no deployment'}</span>
              </div>
              <span className={classes.when}>
                <RelativeTime at={incident.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
