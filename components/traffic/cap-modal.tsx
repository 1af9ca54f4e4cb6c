'use client'

import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useChangeCap } from '#components/data/use-shadow'
import { usdToPico } from '#components/traffic/rollout-draft'
import { scopeWords } from '#components/traffic/rollout-words'
import { formatCost } from '#components/ui/format-cost'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { RolloutView } from '#lib/contracts/rollouts'
import type { ShadowView } from '#lib/contracts/shadow'
import { picoToUsdDecimal } from '#lib/costs/format-usd'

interface CapModalProps {
  rollout: RolloutView
  shadow: ShadowView
  onClose: () => void
}

/** Another cap for the mirrors of a rollout. */
export function CapModal({ rollout, shadow, onClose }: CapModalProps) {
  const [usd, setUsd] = useState(picoToUsdDecimal(BigInt(shadow.capPicoUsd)))
  const change = useChangeCap(rollout.id)
  const confirm = (reason: string) =>
    change.mutate(
      { capPicoUsd: usdToPico(usd), reason },
      {
        onSuccess: ({ capPicoUsd }) => {
          notifyDone(
            'The cap is changed',
            `The shadow of ${scopeWords(rollout)} may cost ${formatCost(capPicoUsd)}.`,
          )
          onClose()
        },
      },
    )
  return (
    <ReasonModal
      opened
      title={`Change cap: shadow of ${scopeWords(rollout)}`}
      effect={`${formatCost(shadow.spentPicoUsd)} of ${formatCost(shadow.capPicoUsd)} are spent. Requests are mirrored, compared and paid for until the new cap is reached.`}
      verb="Change cap"
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      <TextInput
        label="Cap, USD"
        inputMode="decimal"
        value={usd}
        onChange={(event) => setUsd(event.currentTarget.value)}
      />
    </ReasonModal>
  )
}
