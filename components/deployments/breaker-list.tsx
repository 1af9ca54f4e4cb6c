'use client'

import { Countdown } from '#components/deployments/countdown'
import { breakerPhaseWords, signalWords } from '#components/deployments/state-words'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { BreakerView } from '#lib/contracts/resilience'
import classes from './breaker-list.module.css'

/** The breakers of a deployment: each listens to one signal, and none to another. */
export function BreakerList({ breakers }: { breakers: readonly BreakerView[] }) {
  return (
    <ul className={classes.breakers}>
      {breakers.map((breaker) => (
        <BreakerItem key={breaker.signal} breaker={breaker} />
      ))}
    </ul>
  )
}

function BreakerItem({ breaker }: { breaker: BreakerView }) {
  const { signal, phase, reason, since, opensToday } = breaker
  const { tone, word, icon } = breakerPhaseWords[phase]
  return (
    <li className={classes.breaker} data-tone={phase === 'closed' ? undefined : tone}>
      <div className={classes.line}>
        <span className={classes.signal}>{signal}</span>
        <StateTag
          tone={tone}
          icon={icon}
          look={tone === 'bad' ? 'solid' : phase === 'closed' ? 'plain' : 'soft'}
        >
          {word}
        </StateTag>
        <BreakerCountdown breaker={breaker} />
        <span className={classes.since}>{since === null ? 'never moved' : <RelativeTime at={since} />}</span>
      </div>
      {reason ? <p className={classes.reason}>{reason}</p> : null}
      <p className={classes.facts}>
        {signalWords[signal]} · {windowWords(breaker)} · opened {formatCount(opensToday)}{' '}
        {opensToday === 1 ? 'time' : 'times'} today
      </p>
    </li>
  )
}

function BreakerCountdown({ breaker: { phase, retryAt, isolatedUntil } }: { breaker: BreakerView }) {
  if (phase === 'open')
    return <Countdown move={{ words: 'probe in', due: 'probe with the next request', until: retryAt }} />
  if (phase !== 'isolated') return null
  return (
    <Countdown
      move={{
        words: isolatedUntil === null ? 'until released' : 'ends in',
        due: 'ending',
        until: isolatedUntil,
      }}
    />
  )
}

function windowWords({ calls, errorRatio }: BreakerView): string {
  if (calls === 0 || errorRatio === null) return 'no call in its window'
  const bad = Math.round(calls * errorRatio)
  return `${formatCount(bad)} of ${formatCount(calls)} calls in its window bad (${formatRatio(errorRatio)})`
}
