'use client'

import { Select } from '@mantine/core'
import { useState } from 'react'
import { type DeploymentDeed, useDeploymentDeed } from '#components/data/use-deployment-deed'
import { deploymentDeedWords } from '#components/deployments/deployment-deed-words'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'

/** How long an isolation lasts, as the list offers it. */
const spans = [
  { value: '900000', label: '15 minutes' },
  { value: '3600000', label: '1 hour' },
  { value: '86400000', label: '24 hours' },
  { value: 'open', label: 'until released' },
] as const

export interface DeploymentDeedModalProps {
  view: DeploymentsView
  deployment: DeploymentView
  /** Null while nothing is asked. */
  deed: DeploymentDeed | null
  onClose: () => void
}

/** Says what a deed does to the traffic, and asks for the reason; for an isolation also how long it lasts. */
export function DeploymentDeedModal({ view, deployment, deed, onClose }: DeploymentDeedModalProps) {
  const act = useDeploymentDeed()
  const [span, setSpan] = useState<string>('3600000')
  if (deed === null) return null
  const spanLabel = spans.find(({ value }) => value === span)?.label ?? ''
  const words = deploymentDeedWords(view, { deployment, spanLabel })[deed]
  const close = () => {
    act.reset()
    onClose()
  }
  const confirm = (reason: string) => {
    const startedMs = performance.now()
    const forMs = span === 'open' ? null : Number(span)
    act.mutate(
      { id: deployment.id, deed, reason, ...(deed === 'isolate' ? { forMs } : {}) },
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
      title={`${words.verb} ${deployment.id}`}
      effect={words.effect}
      verb={words.verb}
      danger={deed === 'isolate'}
      busy={act.isPending}
      error={act.error}
      onClose={close}
      onConfirm={confirm}
    >
      {deed === 'isolate' ? (
        <Select
          label="For"
          data={spans}
          value={span}
          onChange={(value) => setSpan(value ?? span)}
          allowDeselect={false}
        />
      ) : null}
    </ReasonModal>
  )
}
