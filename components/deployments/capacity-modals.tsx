'use client'

import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useApplyCapacity, useDismissCapacity } from '#components/data/use-capacity'
import { formatCount } from '#components/ui/format-number'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { CapacityLineView } from '#lib/contracts/capacity'

export interface CapacityModalProps {
  /** Null while nothing is asked. */
  line: CapacityLineView | null
  onClose: () => void
}

/** Asks for size, reason and the deployment's name before Azure is told to change it. */
export function ApplyCapacityModal({ line, onClose }: CapacityModalProps) {
  const apply = useApplyCapacity()
  const [chosen, setChosen] = useState<number | null>(null)
  if (line === null) return null
  const { deploymentId, unit, currentUnits, recommendedUnits, reason } = line
  const toUnits = chosen ?? recommendedUnits ?? currentUnits ?? 1
  const close = () => {
    apply.reset()
    setChosen(null)
    onClose()
  }
  const from = currentUnits === null ? 'what it has' : `${formatCount(currentUnits)} ${unit}`
  return (
    <ReasonModal
      opened
      title={`Change the capacity of ${deploymentId}`}
      effect={`Azure is told to change ${deploymentId} from ${from} to ${formatCount(toUnits)} ${unit}. ${reason}`}
      verb={`Apply ${formatCount(toUnits)} ${unit}`}
      typedWord={deploymentId}
      busy={apply.isPending}
      error={apply.error}
      onClose={close}
      onConfirm={(words) =>
        apply.mutate(
          { id: deploymentId, toUnits, reason: words },
          {
            onSuccess: () => {
              notifyDone(
                `${deploymentId} is being changed`,
                `From ${from} to ${formatCount(toUnits)} ${unit}; the table says when Azure is done.`,
              )
              close()
            },
          },
        )
      }
    >
      <NumberInput
        label={`To, ${unit}`}
        value={toUnits}
        min={1}
        max={1_000_000}
        allowDecimal={false}
        onChange={(next) => {
          if (typeof next === 'number') setChosen(next)
        }}
      />
    </ReasonModal>
  )
}

/** A recommendation that nobody wants goes away until the rules find a new reason. */
export function DismissCapacityModal({ line, onClose }: CapacityModalProps) {
  const dismiss = useDismissCapacity()
  if (line === null) return null
  const { deploymentId, unit, currentUnits } = line
  const stays = currentUnits === null ? 'as it is' : `at ${formatCount(currentUnits)} ${unit}`
  const close = () => {
    dismiss.reset()
    onClose()
  }
  return (
    <ReasonModal
      opened
      title={`Dismiss the recommendation for ${deploymentId}`}
      effect={`${deploymentId} stays ${stays}, and the same is not recommended again until its cool-down is over.`}
      verb="Dismiss"
      busy={dismiss.isPending}
      error={dismiss.error}
      onClose={close}
      onConfirm={(reason) =>
        dismiss.mutate(
          { id: deploymentId, reason },
          {
            onSuccess: () => {
              notifyDone('The recommendation is dismissed', `${deploymentId} stays ${stays}.`)
              close()
            },
          },
        )
      }
    />
  )
}
