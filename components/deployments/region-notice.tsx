'use client'

import { useActorName } from '#components/data/use-actor-name'
import { Countdown } from '#components/deployments/countdown'
import { regionPhaseWords } from '#components/deployments/state-words'
import { formatRatio } from '#components/ui/format-number'
import { RelativeTime } from '#components/ui/relative-time'
import type { RegionView } from '#lib/contracts/regions'
import classes from './board.module.css'

/** Why a region does not plainly serve, since when, by whom, and what comes next; nothing where it does. */
export function RegionNotice({ region }: { region: RegionView }) {
  const { phase, frozen, reason, since, admittedBps, nextStepAt } = region
  if (phase === 'serving' && !frozen) return null
  return (
    <div className={classes.regionNotice} data-tone={regionPhaseWords[phase].tone}>
      {phase === 'recovering' ? (
        <span>
          takes <strong>{formatRatio(admittedBps / 10_000)}</strong> of its requests
        </span>
      ) : null}
      <span>{reason}</span>
      {since === null ? null : (
        <span className={classes.soft}>
          <RegionActor actorId={region.actorId} /> <RelativeTime at={since} />
        </span>
      )}
      {nextStepAt === null ? null : (
        <span className={classes.pushed}>
          <Countdown move={{ words: 'next step in', due: 'next step due', until: nextStepAt }} />
        </span>
      )}
    </div>
  )
}

function RegionActor({ actorId }: { actorId: string | null }) {
  const actorName = useActorName()
  return actorId === null ? 'by itself' : `by ${actorName(actorId)}`
}
