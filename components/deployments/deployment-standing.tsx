'use client'

import { useActorName } from '#components/data/use-actor-name'
import { Countdown } from '#components/deployments/countdown'
import { DeploymentTag } from '#components/deployments/deployment-state'
import { lifecycleSentence } from '#components/deployments/lifecycle-tag'
import { nextMove } from '#components/deployments/next-move'
import { rowTone } from '#components/deployments/row-tone'
import { RelativeTime } from '#components/ui/relative-time'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './drawer.module.css'

/** How a deployment stands, why, and since when it is drained or retired. */
export function DeploymentStanding({ deployment }: { deployment: DeploymentView }) {
  const { state, stateReason, drained, lifecycle, model } = deployment
  const move = nextMove(deployment)
  const ending = lifecycle.stage === 'retired' || lifecycle.stage === 'deprecated'
  return (
    <section aria-label="State" className={classes.standing}>
      <div className={classes.stateLine}>
        <DeploymentTag state={state} />
        {move ? <Countdown move={move} /> : null}
      </div>
      {stateReason ? (
        <p className={classes.notice} data-tone={rowTone(deployment) ?? 'neutral'}>
          {stateReason}
        </p>
      ) : null}
      {drained && state !== 'drained' ? <DrainedLine drained={drained} /> : null}
      {ending ? (
        <p className={classes.lifecycle}>
          {model}: {lifecycleSentence(lifecycle)}
        </p>
      ) : null}
    </section>
  )
}

/** A drain that a sicker state hides. */
function DrainedLine({ drained }: { drained: NonNullable<DeploymentView['drained']> }) {
  const actorName = useActorName()
  return (
    <p className={classes.notice} data-tone="info">
      Also drained by {actorName(drained.by)} <RelativeTime at={drained.since} />: {drained.reason}
    </p>
  )
}
