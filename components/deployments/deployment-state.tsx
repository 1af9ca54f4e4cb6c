'use client'

import { Tooltip } from '@mantine/core'
import { Countdown } from '#components/deployments/countdown'
import { nextMove } from '#components/deployments/next-move'
import { deploymentStates } from '#components/deployments/state-words'
import { StateTag } from '#components/ui/state-tag'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './board.module.css'

/** State, when it is tried again, and under them why. */
export function DeploymentState({ deployment }: { deployment: DeploymentView }) {
  const move = nextMove(deployment)
  const { stateReason } = deployment
  return (
    <div className={classes.state}>
      <div className={classes.stateLine}>
        <DeploymentTag state={deployment.state} />
        {move ? <Countdown move={move} /> : null}
      </div>
      {stateReason ? (
        <Tooltip label={stateReason}>
          <span className={classes.reason}>{stateReason}</span>
        </Tooltip>
      ) : null}
    </div>
  )
}

/** The state alone; healthy ones stay in the background. */
export function DeploymentTag({ state }: { state: DeploymentView['state'] }) {
  const { tone, word, icon } = deploymentStates[state]
  const look = tone === 'bad' ? 'solid' : tone === 'good' || tone === 'neutral' ? 'plain' : 'soft'
  return (
    <StateTag tone={tone} icon={icon} look={look}>
      {word}
    </StateTag>
  )
}
