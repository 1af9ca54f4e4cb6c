'use client'

import { Skeleton } from '@mantine/core'
import { useActorName } from '#components/data/use-actor-name'
import type { StateWords } from '#components/deployments/state-words'
import { failureWords } from '#components/requests/failure-words'
import { ErrorNotice } from '#components/ui/error-notice'
import { QuietLink } from '#components/ui/quiet-link'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { BreakerTransitionView } from '#lib/contracts/resilience'
import classes from './move-list.module.css'

/** One move of a breaker or a region, in words. */
export interface Move {
  id: string
  at: string
  /** What moved, where that is not said by the place. */
  what: string | null
  from: StateWords
  to: StateWords
  note: string | null
  reason: string
  /** Null when it moved by itself. */
  actorId: string | null
  instanceId: string
  evidence: BreakerTransitionView['evidence']
}

export interface MoveListProps {
  /** Newest first; undefined until they are read. */
  moves: readonly Move[] | undefined
  query: { error: Error | null; refetch: () => unknown }
  /** What is true as long as nothing moved. */
  empty: string
}

/** What moved when, why, by whom, and the requests that caused it. */
export function MoveList({ moves, query, empty }: MoveListProps) {
  if (!moves) {
    return query.error ? (
      <ErrorNotice what="The history" error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton height={96} role="status" aria-label="Loading the history" />
    )
  }
  if (moves.length === 0) return <p className={classes.none}>{empty}</p>
  return (
    <ol className={classes.moves}>
      {moves.map((move) => (
        <MoveItem key={move.id} move={move} />
      ))}
    </ol>
  )
}

function MoveItem({ move }: { move: Move }) {
  const actorName = useActorName()
  const who = move.actorId === null ? 'by itself' : `by ${actorName(move.actorId)}`
  return (
    <li className={classes.move} data-tone={move.to.tone}>
      <div className={classes.line}>
        <StateTag tone={move.to.tone} icon={move.to.icon} look="plain">
          <span>
            <span className={classes.from}>{move.from.word} → </span>
            {move.to.word}
          </span>
        </StateTag>
        {move.what === null ? null : <span className={classes.soft}>{move.what}</span>}
        {move.note === null ? null : <span className={classes.soft}>{move.note}</span>}
        <span className={classes.when} title={`seen by instance ${move.instanceId}`}>
          {who}, <RelativeTime at={move.at} />
        </span>
      </div>
      <p className={classes.reason}>{move.reason}</p>
      {move.evidence.length > 0 ? <Evidence evidence={move.evidence} /> : null}
    </li>
  )
}

function Evidence({ evidence }: { evidence: Move['evidence'] }) {
  return (
    <details className={classes.evidence}>
      <summary>
        {evidence.length === 1
          ? 'The request that caused it'
          : `The ${evidence.length} requests that caused it`}
      </summary>
      <ul>
        {evidence.map(({ requestId, failureClass, at }) => (
          <li key={`${requestId} ${at}`}>
            <QuietLink href={`/requests?request=${encodeURIComponent(requestId)}`}>
              <code>{requestId}</code>
            </QuietLink>
            <span className={classes.soft}>{failureWords(failureClass)}</span>
            <span className={classes.when}>
              <RelativeTime at={at} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
