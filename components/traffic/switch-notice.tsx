'use client'

import { useActorName } from '#components/data/use-actor-name'
import { describeFleet } from '#components/traffic/switch-words'
import { GuardedButton } from '#components/ui/guarded-button'
import { QuietLink } from '#components/ui/quiet-link'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { SwitchView } from '#lib/contracts/traffic'
import { describeScope } from '#lib/traffic/traffic-config'
import classes from './traffic.module.css'

/** A switch in force: what it moved, who threw it and why, who obeys, and the first request that went the old way. */
export function SwitchNotice({ thrown, onReturn }: { thrown: SwitchView; onReturn: () => void }) {
  const actorName = useActorName()
  const { at, by, reason, firstRequest } = thrown.thrown
  return (
    <div className={classes.notice} role="status">
      <StateTag tone="bad" look="solid">
        rolled back
      </StateTag>
      <span className={classes.noticeFacts}>
        <strong>{describeScope(thrown.scope)}</strong> goes to the legacy providers, thrown by {actorName(by)}{' '}
        <RelativeTime at={at} />: {reason}.{' '}
        {thrown.stored
          ? `${describeFleet(thrown.thrown)}. `
          : 'Holds at this instance; the database has not heard of it yet. '}
        {firstRequest ? (
          <>
            First request served:{' '}
            <QuietLink href={`/requests?request=${firstRequest.id}`}>{firstRequest.id}</QuietLink> by{' '}
            {firstRequest.deploymentId}.
          </>
        ) : (
          'No request was served since.'
        )}
      </span>
      {thrown.stored ? (
        <GuardedButton needs="operator" variant="default" onClick={onReturn}>
          Return to Azure…
        </GuardedButton>
      ) : null}
    </div>
  )
}
