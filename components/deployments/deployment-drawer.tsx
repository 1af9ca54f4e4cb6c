'use client'

import { Drawer } from '@mantine/core'
import { useBreakerTransitions } from '#components/data/use-transitions'
import { BreakerList } from '#components/deployments/breaker-list'
import { DeploymentActions } from '#components/deployments/deployment-actions'
import { CatalogFacts, TrafficFacts } from '#components/deployments/deployment-facts'
import { DeploymentStanding } from '#components/deployments/deployment-standing'
import { MoveList } from '#components/deployments/move-list'
import { breakerPhaseWords } from '#components/deployments/state-words'
import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import classes from './drawer.module.css'

export interface DeploymentDrawerProps {
  view: DeploymentsView
  /** Null while no deployment is asked for. */
  id: string | null
  onClose: () => void
}

/** One deployment in full: how it stands, what can be done, how it came to stand there. */
export function DeploymentDrawer({ view, id, onClose }: DeploymentDrawerProps) {
  const deployment = view.deployments.find((one) => one.id === id)
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size={720}
      title={id}
      closeButtonProps={{ 'aria-label': 'Close deployment' }}
    >
      {deployment ? (
        <DeploymentReport key={deployment.id} view={view} deployment={deployment} />
      ) : (
        <p>The catalog has no deployment {id}.</p>
      )}
    </Drawer>
  )
}

function DeploymentReport({ view, deployment }: { view: DeploymentsView; deployment: DeploymentView }) {
  return (
    <div className={classes.drawer}>
      <DeploymentStanding deployment={deployment} />
      <DeploymentActions view={view} deployment={deployment} />
      <section aria-label="Breakers">
        <h3 className={classes.heading}>Breakers</h3>
        <BreakerList breakers={deployment.breakers} />
      </section>
      <section aria-label="History">
        <h3 className={classes.heading}>History</h3>
        <BreakerHistory id={deployment.id} />
      </section>
      <section aria-label="Traffic">
        <h3 className={classes.heading}>Last 15 minutes</h3>
        <TrafficFacts deployment={deployment} />
      </section>
      <section aria-label="Catalog">
        <h3 className={classes.heading}>Catalog</h3>
        <CatalogFacts deployment={deployment} />
      </section>
    </div>
  )
}

function BreakerHistory({ id }: { id: string }) {
  const query = useBreakerTransitions(id)
  const moves = query.data?.transitions.map((move) => ({
    ...move,
    what: move.signal,
    from: breakerPhaseWords[move.fromPhase],
    to: breakerPhaseWords[move.toPhase],
    note: null,
  }))
  return <MoveList moves={moves} query={query} empty="No breaker of it has ever moved." />
}
