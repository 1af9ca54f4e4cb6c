'use client'

import { useMediaQuery } from '@mantine/hooks'
import { BoardCards } from '#components/deployments/board-cards'
import { boardColumns } from '#components/deployments/board-columns'
import { RegionActions } from '#components/deployments/region-actions'
import { RegionNotice } from '#components/deployments/region-notice'
import { RegionState } from '#components/deployments/region-state'
import { rowTone } from '#components/deployments/row-tone'
import { DataTable } from '#components/ui/data-table'
import { formatRate } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import type { DeploymentsView } from '#lib/contracts/deployments'
import type { RegionView } from '#lib/contracts/regions'
import classes from './board.module.css'

const roleWords = { primary: 'primary region', dr: 'disaster recovery', legacy: 'legacy provider' } as const

export interface RegionBoardProps {
  view: DeploymentsView
  region: RegionView
  openId: string | null
  onOpen: (id: string) => void
  onOpenRegion: (name: string) => void
}

/** A region's state and what can be done with it, over its deployments. */
export function RegionBoard({ view, region, openId, onOpen, onOpenRegion }: RegionBoardProps) {
  const deployments = view.deployments.filter((deployment) => deployment.region === region.name)
  const rate = deployments.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)
  const narrow = useMediaQuery('(max-width: 48em)')
  const label = `Deployments in ${region.name}`
  return (
    <Panel
      title={region.name}
      hint={roleWords[region.role]}
      flush
      actions={
        <>
          <RegionState region={region} />
          <span className={classes.rate}>{formatRate(rate)} requests/s</span>
          {region.role === 'legacy' ? null : (
            <RegionActions view={view} region={region} onOpenHistory={() => onOpenRegion(region.name)} />
          )}
        </>
      }
    >
      <RegionNotice region={region} />
      {narrow ? (
        <BoardCards label={label} deployments={deployments} onOpen={onOpen} />
      ) : (
        <DataTable
          label={label}
          columns={boardColumns(onOpen)}
          rows={deployments}
          rowKey={({ id }) => id}
          onRowClick={({ id }) => onOpen(id)}
          selectedKey={openId}
          rowTone={rowTone}
        />
      )}
    </Panel>
  )
}
