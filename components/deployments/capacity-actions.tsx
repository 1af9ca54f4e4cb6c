'use client'

import { Tooltip } from '@mantine/core'
import { GuardedButton } from '#components/ui/guarded-button'
import { StateTag } from '#components/ui/state-tag'
import type { CapacityLineView } from '#lib/contracts/capacity'
import classes from './capacity.module.css'

export interface CapacityActionsProps {
  line: CapacityLineView
  onAsk: (what: 'apply' | 'dismiss', line: CapacityLineView) => void
}

/** Apply and dismiss where something is recommended; what cannot be applied from here is for a person to do. */
export function CapacityActions({ line, onAsk }: CapacityActionsProps) {
  const { change, recommendedUnits, applicable, deploymentId } = line
  if (change?.state === 'applying') return <StateTag tone="info">applying</StateTag>
  if (recommendedUnits === null) return change?.state === 'failed' ? <Failed error={change.error} /> : null
  return (
    <span className={classes.actions}>
      {applicable ? (
        <GuardedButton
          needs="admin"
          size="compact-xs"
          variant="default"
          onClick={() => onAsk('apply', line)}
          aria-label={`Apply the capacity of ${deploymentId}`}
        >
          Apply
        </GuardedButton>
      ) : (
        <span className={classes.hint}>by hand</span>
      )}
      <GuardedButton
        needs="admin"
        size="compact-xs"
        variant="subtle"
        onClick={() => onAsk('dismiss', line)}
        aria-label={`Dismiss the recommendation for ${deploymentId}`}
      >
        Dismiss
      </GuardedButton>
    </span>
  )
}

function Failed({ error }: { error: string | null }) {
  return (
    <Tooltip label={error ?? 'Azure gave no reason.'}>
      <span>
        <StateTag tone="bad">failed</StateTag>
      </span>
    </Tooltip>
  )
}
