'use client'

import { useActorName } from '#components/data/use-actor-name'
import type { StateWords } from '#components/deployments/state-words'
import { formatCount } from '#components/ui/format-number'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { CapacityChangeView } from '#lib/contracts/capacity'
import classes from './capacity.module.css'

const states: Readonly<Record<CapacityChangeView['state'], StateWords>> = {
  recommended: { tone: 'neutral', word: 'recommended' },
  applying: { tone: 'info', word: 'applying' },
  applied: { tone: 'good', word: 'applied' },
  failed: { tone: 'bad', word: 'failed' },
  dismissed: { tone: 'neutral', word: 'dismissed' },
}

/** Changes of capacity, newest first, folded away until somebody asks. */
export function CapacityHistory({ history }: { history: readonly CapacityChangeView[] }) {
  if (history.length === 0) return null
  return (
    <details className={classes.history}>
      <summary>
        {history.length} earlier {history.length === 1 ? 'change' : 'changes'}
      </summary>
      <ul>
        {history.map((change) => (
          <Change key={change.id} change={change} />
        ))}
      </ul>
    </details>
  )
}

function Change({ change }: { change: CapacityChangeView }) {
  const actorName = useActorName()
  const { tone, word } = states[change.state]
  const who = change.actorId === null ? 'by the rules' : `by ${actorName(change.actorId)}`
  return (
    <li className={classes.change}>
      <StateTag tone={tone} look={tone === 'bad' ? 'soft' : 'plain'}>
        {word}
      </StateTag>
      <span className={classes.name}>{change.deploymentId}</span>
      <span>
        {formatCount(change.fromUnits)} → {formatCount(change.toUnits)} {change.unit}
      </span>
      <span className={classes.why}>
        {change.reason}
        {change.error ? ` Azure said: ${change.error}` : ''}
      </span>
      <span className={classes.when}>
        {who}, <RelativeTime at={change.finishedAt ?? change.createdAt} />
      </span>
    </li>
  )
}
