'use client'

import { useActorName } from '#components/data/use-actor-name'
import { eventWords } from '#components/experiments/experiment-words'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import type { ExperimentDetail } from '#lib/contracts/experiments'
import classes from './experiments.module.css'

/** What happened, newest first, by whom and why. */
export function ExperimentTimeline({ events }: { events: ExperimentDetail['events'] }) {
  const nameOf = useActorName()
  return (
    <Panel title="History">
      <ol className={classes.timeline}>
        {events.map(({ id, kind, variant, at, actorId, reason }) => (
          <li key={id}>
            <span className={classes.metric}>
              <strong>{eventWords(kind)}</strong>
              {variant ? <code>{variant}</code> : null}
              <span className={classes.soft}>
                {actorId === null ? 'by itself, ' : `by ${nameOf(actorId)}, `}
                <RelativeTime at={at} />
              </span>
            </span>
            <span>{reason}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
