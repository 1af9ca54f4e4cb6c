'use client'

import { Tooltip } from '@mantine/core'
import { useNow } from '#components/data/use-now'
import { formatSpan } from '#components/ui/format-duration'
import { StateTag } from '#components/ui/state-tag'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './deployments.module.css'

const words = {
  serving: { tone: 'good', word: 'serving' },
  cooldown: { tone: 'warn', word: 'cooldown' },
  idle: { tone: 'neutral', word: 'idle' },
} as const

/** State with its reason on hover, and the time until it is tried again. */
export function DeploymentState({ deployment }: { deployment: DeploymentView }) {
  const now = useNow()
  const { tone, word } = words[deployment.state]
  const untilMs = deployment.cooldownUntil === null ? null : Date.parse(deployment.cooldownUntil) - now
  return (
    <span className={classes.state}>
      <Tooltip
        label={deployment.stateReason ?? 'No request in the last 15 minutes.'}
        disabled={deployment.state === 'serving'}
      >
        <span>
          <StateTag tone={tone}>
            {word}
            {untilMs !== null && untilMs > 0 && now > 0 ? ` ${formatSpan(untilMs + 999)}` : ''}
          </StateTag>
        </span>
      </Tooltip>
    </span>
  )
}
