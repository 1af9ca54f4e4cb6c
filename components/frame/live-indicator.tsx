'use client'

import { Tooltip } from '@mantine/core'
import { type Live, useLive } from '#components/data/live-context'
import { useNow } from '#components/data/use-now'
import { formatSpan } from '#components/ui/format-duration'
import classes from './live-indicator.module.css'

/** Whether the page is live, and how old the last word from the server is. */
export function LiveIndicator() {
  const live = useLive()
  const now = useNow()
  const { state, word, detail } = stateWords(live, now)
  return (
    <Tooltip label={detail}>
      <span className={classes.live} data-state={state} role="status" aria-label={`Live updates: ${detail}`}>
        <span className={classes.dot} aria-hidden />
        <span className={classes.word} aria-hidden>
          {word}
        </span>
      </span>
    </Tooltip>
  )
}

function stateWords(live: Live, nowMs: number): { state: string; word: string; detail: string } {
  const age = live.lastEventAtMs === null || nowMs === 0 ? null : formatSpan(nowMs - live.lastEventAtMs)
  if (live.state === 'lost') {
    const retry =
      live.retryAtMs === null ? 'reconnecting' : `next try in ${formatSpan(live.retryAtMs - nowMs)}`
    return {
      state: 'lost',
      word: `lost ${age ?? ''}`.trim(),
      detail: `stream lost, last event ${age ?? 'never'} ago, ${retry}`,
    }
  }
  if (live.paused) return { state: 'paused', word: 'paused', detail: 'paused; what is shown stays as it is' }
  if (live.state === 'connecting')
    return { state: 'connecting', word: 'connecting', detail: 'connecting to the event stream' }
  return {
    state: 'live',
    word: age === null ? 'live' : `live ${age}`,
    detail: `on, last event ${age ?? 'just now'} ago`,
  }
}
