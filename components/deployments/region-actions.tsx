'use client'

import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import type { RegionDeed } from '#components/data/use-region-deed'
import { RegionDeedModal } from '#components/deployments/region-deed-modal'
import { RoleGuard } from '#components/ui/role-guard'
import type { DeploymentsView } from '#lib/contracts/deployments'
import type { RegionView } from '#lib/contracts/regions'

export interface RegionActionsProps {
  view: DeploymentsView
  region: RegionView
  /** Left out where the history is already shown. */
  onOpenHistory?: () => void
}

const verbs: Readonly<Record<RegionDeed, string>> = {
  'fail-over': 'Fail over',
  'fail-back': 'Fail back',
  freeze: 'Freeze',
  unfreeze: 'Unfreeze',
}

/** What an operator can do with a region, always in the same order. */
export function RegionActions({ view, region, onOpenHistory }: RegionActionsProps) {
  const [asking, setAsking] = useState<RegionDeed | null>(null)
  return (
    <>
      {deedsOf(region).map((deed) => (
        <RoleGuard key={deed} needs="operator">
          {(disabled) => (
            <Button
              size="compact-xs"
              variant="default"
              disabled={disabled}
              onClick={() => setAsking(deed)}
              aria-label={`${verbs[deed]} ${region.name}`}
            >
              {verbs[deed]}
            </Button>
          )}
        </RoleGuard>
      ))}
      {onOpenHistory ? (
        <Tooltip label="History of the region">
          <ActionIcon size="sm" color="gray" onClick={onOpenHistory} aria-label={`History of ${region.name}`}>
            <IconHistory size={15} />
          </ActionIcon>
        </Tooltip>
      ) : null}
      <RegionDeedModal view={view} region={region} deed={asking} onClose={() => setAsking(null)} />
    </>
  )
}

function deedsOf({ phase, frozen }: RegionView): readonly RegionDeed[] {
  return [
    phase === 'failed_over' || phase === 'dark' ? 'fail-back' : 'fail-over',
    frozen ? 'unfreeze' : 'freeze',
  ]
}
