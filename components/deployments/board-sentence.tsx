'use client'

import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconInfoCircleFilled,
  IconXboxXFilled,
} from '@tabler/icons-react'
import { Countdown } from '#components/deployments/countdown'
import { describeBoard } from '#components/deployments/describe-board'
import type { DeploymentsView } from '#lib/contracts/deployments'
import classes from './board.module.css'

const icons = {
  good: IconCircleCheckFilled,
  neutral: IconCircleCheckFilled,
  info: IconInfoCircleFilled,
  warn: IconAlertTriangleFilled,
  bad: IconXboxXFilled,
} as const

/** The page's question answered before any table: who is sick, why, and when it is tried again. */
export function BoardSentence({ view }: { view: DeploymentsView }) {
  const { tone, sentence, next, also } = describeBoard(view)
  const Icon = icons[tone]
  return (
    <div className={classes.verdict} data-tone={tone}>
      <Icon size={22} aria-hidden />
      <div>
        <p className={classes.sentence}>
          {next ? `${sentence}; ` : `${sentence}.`}
          {next ? <Countdown move={next} ending="." /> : null}
        </p>
        {also.length > 0 ? <p className={classes.also}>Also: {also.join('; ')}.</p> : null}
      </div>
    </div>
  )
}
