'use client'

import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { FeedbackView } from '#lib/contracts/feedback'
import classes from './request-feedback.module.css'

/** What users and evaluations thought of the answer. */
export function RequestFeedback({ feedback }: { feedback: readonly FeedbackView[] }) {
  if (feedback.length === 0) {
    return (
      <p className={classes.none}>
        None yet. Callers send it to <code>POST /api/v1/feedback</code> with this request’s id.
      </p>
    )
  }
  return (
    <ul className={classes.list}>
      {feedback.map((one) => (
        <li key={`${one.kind} ${one.createdAt} ${one.score} ${one.label}`}>
          <span className={classes.line}>
            <StateTag tone={toneOf(one.score)}>{`Score ${one.score.toFixed(2)} of 1`}</StateTag>
            <span>{one.kind === 'user' ? 'a user' : 'an evaluation'}</span>
            {one.label ? <code>{one.label}</code> : null}
            <RelativeTime at={one.updatedAt} />
          </span>
          {one.comment ? <p className={classes.comment}>{one.comment}</p> : null}
        </li>
      ))}
    </ul>
  )
}

function toneOf(score: number) {
  if (score >= 0.7) return 'good'
  return score <= 0.3 ? 'bad' : 'neutral'
}
