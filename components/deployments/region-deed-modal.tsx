'use client'

import { type RegionDeed, useRegionDeed } from '#components/data/use-region-deed'
import { regionDeedWords } from '#components/deployments/region-deed-words'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { DeploymentsView } from '#lib/contracts/deployments'
import type { RegionView } from '#lib/contracts/regions'

export interface RegionDeedModalProps {
  view: DeploymentsView
  region: RegionView
  /** Null while nothing is asked. */
  deed: RegionDeed | null
  onClose: () => void
}

/** Says what moving a region does, asks for the reason, and for its name where all its traffic leaves. */
export function RegionDeedModal({ view, region, deed, onClose }: RegionDeedModalProps) {
  const act = useRegionDeed()
  if (deed === null) return null
  const words = regionDeedWords(view, region)[deed]
  const close = () => {
    act.reset()
    onClose()
  }
  const confirm = (reason: string) => {
    const startedMs = performance.now()
    act.mutate(
      { region: region.name, deed, reason },
      {
        onSuccess: () => {
          const tookMs = Math.max(1, Math.round(performance.now() - startedMs))
          notifyDone(words.done, `${words.fact} Confirmed after ${tookMs} ms.`)
          close()
        },
      },
    )
  }
  return (
    <ReasonModal
      opened
      title={`${words.verb} ${region.name}`}
      effect={words.effect}
      verb={words.verb}
      typedWord={deed === 'fail-over' ? region.name : undefined}
      danger={deed === 'fail-over'}
      busy={act.isPending}
      error={act.error}
      onClose={close}
      onConfirm={confirm}
    />
  )
}
