'use client'

import type { useTestCall } from '#components/data/use-deployment-deed'
import { failureWords } from '#components/requests/failure-words'
import { formatMs } from '#components/ui/format-duration'
import { QuietLink } from '#components/ui/quiet-link'
import { StateTag } from '#components/ui/state-tag'
import type { TestCallView } from '#lib/contracts/resilience'
import classes from './drawer.module.css'

/** What the last test call answered, or why there was none. */
export function TestCallResult({ test }: { test: ReturnType<typeof useTestCall> }) {
  if (test.error) {
    return (
      <div className={classes.result} role="alert">
        <StateTag tone="bad" look="plain">
          The test call could not be made
        </StateTag>
        <p className={classes.answer}>{test.error.message}</p>
      </div>
    )
  }
  return test.data ? <Result result={test.data} /> : null
}

function Result({ result }: { result: TestCallView }) {
  const { ok, durationMs, failure, text, requestId } = result
  const how = failure
    ? `${failureWords(failure.class)}${failure.status === null ? '' : `, HTTP ${failure.status}`}`
    : ''
  return (
    <div className={classes.result} role="status">
      <div className={classes.stateLine}>
        <StateTag tone={ok ? 'good' : 'bad'} look="plain">
          {ok ? `Answered after ${formatMs(durationMs)}` : `Failed after ${formatMs(durationMs)}: ${how}`}
        </StateTag>
        <span className={classes.pushed}>
          <QuietLink href={`/requests?request=${encodeURIComponent(requestId)}`}>Open the request</QuietLink>
        </span>
      </div>
      {failure ? <p className={classes.answer}>{failure.message}</p> : null}
      {text ? <p className={classes.answer}>{text}</p> : null}
    </div>
  )
}
