import { Progress } from '@mantine/core'
import { formatUsdText } from '#components/ui/format-usd-text'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { Tone } from '#components/ui/tone'
import type { WarmRunView } from '#lib/contracts/answer-cache'
import classes from './settings.module.css'

const states: Readonly<Record<WarmRunView['state'], { tone: Tone; words: string }>> = {
  running: { tone: 'info', words: 'warming up' },
  done: { tone: 'good', words: 'warm' },
  stopped: { tone: 'warn', words: 'stopped with its instance' },
  cost_cap: { tone: 'warn', words: 'stopped at its cost' },
  failing: { tone: 'bad', words: 'stopped: requests failed' },
}

const triggers = { start: 'at the start', purge: 'after a purge', order: 'on order' } as const

/** How far one warm-up is, or how it ended. */
export function WarmRun({ run }: { run: WarmRunView }) {
  const { holder, state, trigger, total, made, kept, skipped, failed, errorCode, costUsd, startedAt } = run
  const done = made + kept + skipped + failed
  const label = holder === 'redis' ? 'Redis, for all instances' : `Instance ${holder}`
  const counts = [
    `${made} asked`,
    `${kept} kept already`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(failed > 0 ? [`${failed} failed (${errorCode})`] : []),
  ]
  return (
    <div className={classes.warmRun}>
      <div className={classes.warmHead}>
        <strong>{label}</strong>
        <StateTag tone={states[state].tone}>{states[state].words}</StateTag>
        <span>
          {done} of {total} {triggers[trigger]}, <RelativeTime at={startedAt} />
        </span>
      </div>
      <Progress
        value={total === 0 ? 100 : (100 * done) / total}
        aria-label={`Warm-up of ${label}: ${done} of ${total}`}
        size="sm"
      />
      <p className={classes.text}>
        {counts.join(', ')}; cost {formatUsdText(costUsd)}.
      </p>
    </div>
  )
}
