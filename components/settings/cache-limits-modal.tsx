'use client'

import { NumberInput, SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AnswerCacheSettings } from '#lib/gateway/answer-cache-rules'

export interface CacheLimitsModalProps {
  settings: AnswerCacheSettings
  busy: boolean
  error: Error | null
  onClose: () => void
  onConfirm: (change: Pick<AnswerCacheSettings, 'maxMegabytes' | 'warmUpMaxUsd'>, reason: string) => void
}

/** How much room kept answers may take, and what a warm-up may cost. */
export function CacheLimitsModal({ settings, onConfirm, ...modal }: CacheLimitsModalProps) {
  const [maxMegabytes, setMaxMegabytes] = useState(settings.maxMegabytes)
  const [warmUpMaxUsd, setWarmUpMaxUsd] = useState(settings.warmUpMaxUsd)
  return (
    <ReasonModal
      {...modal}
      opened
      title="Change room and warm-up cost"
      effect="When the room is full, answers go that were asked for longest ago. A warm-up stops when it has cost this much."
      verb="Change limits"
      onConfirm={(reason) => onConfirm({ maxMegabytes, warmUpMaxUsd }, reason)}
    >
      <SimpleGrid cols={2} spacing="sm">
        <NumberInput
          label="Room, MiB"
          description="1 to 65,536"
          min={1}
          max={65_536}
          allowDecimal={false}
          value={maxMegabytes}
          onChange={(value) => setMaxMegabytes(Number(value))}
        />
        <NumberInput
          label="Warm-up, at most USD"
          description="0 asks no provider"
          min={0}
          max={10_000}
          step={0.5}
          value={warmUpMaxUsd}
          onChange={(value) => setWarmUpMaxUsd(Number(value))}
        />
      </SimpleGrid>
    </ReasonModal>
  )
}
