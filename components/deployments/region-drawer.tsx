'use client'

import { Drawer } from '@mantine/core'
import { useRegionTransitions } from '#components/data/use-transitions'
import { MoveList } from '#components/deployments/move-list'
import { RegionActions } from '#components/deployments/region-actions'
import { RegionNotice } from '#components/deployments/region-notice'
import { RegionState } from '#components/deployments/region-state'
import { regionPhaseWords } from '#components/deployments/state-words'
import { formatRatio } from '#components/ui/format-number'
import type { DeploymentsView } from '#lib/contracts/deployments'
import classes from './drawer.module.css'

export interface RegionDrawerProps {
  view: DeploymentsView
  /** Null while no region is asked for. */
  name: string | null
  onClose: () => void
}

/** One region: how it stands and how it came to stand there. */
export function RegionDrawer({ view, name, onClose }: RegionDrawerProps) {
  const region = view.regions.find((one) => one.name === name)
  return (
    <Drawer
      opened={name !== null}
      onClose={onClose}
      position="right"
      size={620}
      title={name}
      closeButtonProps={{ 'aria-label': 'Close region' }}
    >
      {region ? (
        <div className={classes.drawer}>
          <div className={classes.actions}>
            <RegionState region={region} />
            <span className={classes.pushed} />
            {region.role === 'legacy' ? null : <RegionActions view={view} region={region} />}
          </div>
          <RegionNotice region={region} />
          <section aria-label="History">
            <h3 className={classes.heading}>History</h3>
            <RegionHistory name={region.name} />
          </section>
        </div>
      ) : (
        <p>The catalog has no region {name}.</p>
      )}
    </Drawer>
  )
}

function RegionHistory({ name }: { name: string }) {
  const query = useRegionTransitions(name)
  const moves = query.data?.transitions.map((move) => ({
    ...move,
    what: null,
    from: regionPhaseWords[move.fromPhase],
    to: regionPhaseWords[move.toPhase],
    note: move.toPhase === 'recovering' ? `takes ${formatRatio(move.admittedBps / 10_000)}` : null,
    evidence: [],
  }))
  return <MoveList moves={moves} query={query} empty="It has served without a break so far." />
}
