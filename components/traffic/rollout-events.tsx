'use client'

import { useActorName } from '#components/data/use-actor-name'
import { metricWords, phaseWords, shareWords, valueWords } from '#components/traffic/rollout-words'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { RolloutDetail } from '#lib/contracts/rollouts'
import classes from './rollouts.module.css'

type Event = RolloutDetail['events'][number]

const commandWords: Readonly<Record<string, string>> = {
  start: 'Started',
  await_approval: 'Gates met, approval asked for',
  advance: 'Next step',
  approve: 'Approved',
  hold: 'Held',
  release: 'Released',
  pause: 'Paused',
  resume: 'Resumed',
  step_down: 'Stepped down',
  roll_back: 'Rolled back',
  complete: 'Completed',
  retire: 'Retired',
}

/** What happened, who did it and why; the newest first. */
export function RolloutEvents({ events }: { events: readonly Event[] }) {
  const actorName = useActorName()
  if (events.length === 0) return <p className={classes.soft}>Nothing has happened to it yet.</p>
  return (
    <ol className={classes.events} aria-label="History">
      {events.map((event) => (
        <li key={event.version}>
          <div className={classes.eventHead}>
            <StateTag tone={phaseWords[event.toPhase].tone} look="plain">
              {commandWords[event.command] ?? event.command}
            </StateTag>
            {event.fromWeightBps === event.toWeightBps ? null : (
              <span className={classes.number}>
                {shareWords(event.fromWeightBps)} → {shareWords(event.toWeightBps)}
              </span>
            )}
            <span className={classes.when}>
              {event.actorId === null ? 'by itself' : `by ${actorName(event.actorId)}`},{' '}
              <RelativeTime at={event.at} />
            </span>
          </div>
          <p className={classes.reason}>{event.reason}</p>
          {event.command === 'roll_back' && event.verdict ? <Decided verdict={event.verdict} /> : null}
        </li>
      ))}
    </ol>
  )
}

/** The numbers as they were when it was rolled back. */
function Decided({ verdict }: { verdict: NonNullable<Event['verdict']> }) {
  const known = verdict.guardrails.filter(({ status }) => status !== 'unknown')
  if (known.length === 0) return null
  return (
    <details className={classes.decided}>
      <summary>The numbers at that moment</summary>
      <ul>
        {known.map(({ metric, candidate, baseline, unit, lnEvidence, lnLimit }) => (
          <li key={metric}>
            {`${metricWords[metric]}: ${valueWords(candidate, unit)} against ${valueWords(baseline, unit)}; evidence ${lnEvidence.toFixed(2)}, limit ${lnLimit.toFixed(2)} (natural logarithms)`}
          </li>
        ))}
      </ul>
    </details>
  )
}
