'use client'

import { IconMessage2Code } from '@tabler/icons-react'
import type { ChatRuns } from '#components/data/use-chat-runs'
import { AnswerCard } from '#components/playground/answer-card'
import { EmptyNotice } from '#components/ui/empty-notice'
import classes from './playground.module.css'

/** The answers side by side, in the order of their targets. */
export function AnswerColumns({ runs }: { runs: ChatRuns['runs'] }) {
  if (runs.length === 0) {
    return (
      <div className={classes.blank}>
        <EmptyNotice icon={<IconMessage2Code size={18} />} title="Answers stand here">
          Each with its time to first token, tokens, cost, and the deployment that served it. Requests made
          here are recorded and priced like any other.
        </EmptyNotice>
      </div>
    )
  }
  return (
    <div className={classes.answers}>
      {runs.map(([target, run]) => (
        <AnswerCard key={target} target={target} run={run} />
      ))}
    </div>
  )
}
