'use client'

import { opensToday } from '#components/deployments/board-columns'
import { DeploymentLink } from '#components/deployments/deployment-link'
import { DeploymentState } from '#components/deployments/deployment-state'
import { LimitsLeft } from '#components/deployments/limits-left'
import { rowTone } from '#components/deployments/row-tone'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRate, formatRatio } from '#components/ui/format-number'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './board.module.css'

export interface BoardCardsProps {
  label: string
  deployments: readonly DeploymentView[]
  onOpen: (id: string) => void
}

/** The board where it is too narrow for a table: state first, then the numbers that are not nothing. */
export function BoardCards({ label, deployments, onOpen }: BoardCardsProps) {
  return (
    <ul className={classes.cards} aria-label={label}>
      {deployments.map((deployment) => (
        <li key={deployment.id} className={classes.card} data-tone={rowTone(deployment) ?? undefined}>
          <div className={classes.cardHead}>
            <DeploymentLink deployment={deployment} onOpen={onOpen} />
            <DeploymentState deployment={deployment} />
          </div>
          <Numbers deployment={deployment} />
        </li>
      ))}
    </ul>
  )
}

function Numbers({ deployment }: { deployment: DeploymentView }) {
  const { requests, requestsPerSecond, errorRatio, firstTokenP95Ms, inFlight, queued } = deployment
  const opens = opensToday(deployment)
  if (requests === 0 && inFlight === 0 && queued === 0 && opens === 0) return null
  return (
    <>
      <div className={classes.numbers}>
        <span>
          <strong>{formatRate(requestsPerSecond)}</strong> requests/s
        </span>
        <span className={(errorRatio ?? 0) >= 0.05 ? classes.bad : undefined}>
          <strong>{formatRatio(errorRatio)}</strong> errors
        </span>
        {firstTokenP95Ms === null ? null : (
          <span>
            <strong>{formatMs(firstTokenP95Ms)}</strong> first token p95
          </span>
        )}
        <span>
          <strong>{formatCount(inFlight)}</strong> in flight
        </span>
        {queued === 0 ? null : <span className={classes.warn}>{formatCount(queued)} queued</span>}
        {opens === 0 ? null : (
          <span>
            <strong>{formatCount(opens)}</strong> {opens === 1 ? 'open' : 'opens'} today
          </span>
        )}
      </div>
      <LimitsLeft deployment={deployment} />
    </>
  )
}
