'use client'

import { NumberInput, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AnswerCacheRule } from '#lib/gateway/answer-cache-rules'

export interface CacheRuleModalProps {
  /** Null = a new one. */
  rule: AnswerCacheRule | null
  busy: boolean
  error: Error | null
  onClose: () => void
  onConfirm: (rule: AnswerCacheRule, reason: string) => void
}

/** One rule of the answer cache: whose answers are kept, and for how long. */
export function CacheRuleModal({ rule, onConfirm, ...modal }: CacheRuleModalProps) {
  const [model, setModel] = useState(rule?.model ?? '')
  const [operation, setOperation] = useState(rule?.operation ?? '')
  const [ttlSeconds, setTtlSeconds] = useState(rule?.ttlSeconds ?? 300)
  const [maxTemperature, setMaxTemperature] = useState(rule?.maxTemperature ?? 0)
  const title = rule ? 'Edit a rule' : 'Add a rule'
  return (
    <ReasonModal
      {...modal}
      opened
      title={title}
      effect="Equal requests of one account get the same answer while it is younger than this; other accounts never see it."
      verb={rule ? 'Save rule' : 'Add rule'}
      onConfirm={(reason) =>
        onConfirm(
          {
            model: model.trim(),
            operation: operation.trim() === '' ? null : operation.trim(),
            ttlSeconds,
            maxTemperature,
          },
          reason,
        )
      }
    >
      <Stack gap="sm">
        <TextInput
          label="Model"
          description="A tier, or a deployment’s name."
          value={model}
          maxLength={100}
          onChange={(event) => setModel(event.currentTarget.value)}
          required
        />
        <TextInput
          label="Operation"
          description="Empty = every operation without a rule of its own."
          value={operation}
          maxLength={128}
          onChange={(event) => setOperation(event.currentTarget.value)}
        />
        <SimpleGrid cols={2} spacing="sm">
          <NumberInput
            label="Kept, seconds"
            description="1 to 604,800"
            min={1}
            max={604_800}
            allowDecimal={false}
            value={ttlSeconds}
            onChange={(value) => setTtlSeconds(Number(value))}
          />
          <NumberInput
            label="Highest temperature"
            description="None given counts as 1"
            min={0}
            max={2}
            step={0.1}
            value={maxTemperature}
            onChange={(value) => setMaxTemperature(Number(value))}
          />
        </SimpleGrid>
      </Stack>
    </ReasonModal>
  )
}
