'use client'

import { useNow } from '#components/data/use-now'
import type { NextMove } from '#components/deployments/next-move'
import { formatCountdown } from '#components/ui/format-duration'
import { formatExactTime } from '#components/ui/format-time'
import classes from './countdown.module.css'

/** What is due and how long it takes until then, ticking once a second in digits of one width; `ending` closes a sentence. */
export function Countdown({ move, ending = '' }: { move: NextMove; ending?: string }) {
  const now = useNow()
  if (move.until === null) return <span>{`${move.words}${ending}`}</span>
  const leftMs = Date.parse(move.until) - now
  const isDue = now === 0 || leftMs <= 0
  return (
    <span className={classes.countdown} role="timer" title={formatExactTime(move.until)}>
      {`${isDue ? move.due : `${move.words} ${formatCountdown(leftMs)}`}${ending}`}
    </span>
  )
}
