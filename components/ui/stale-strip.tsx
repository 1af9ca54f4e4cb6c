'use client'

import { Button } from '@mantine/core'
import { useNow } from '#components/data/use-now'
import { formatSpan } from '#components/ui/format-duration'
import { Strip } from '#components/ui/strip'

export interface StaleStripProps {
  error: Error
  /** When what is shown was read; milliseconds since 1970. */
  readAtMs: number
  onRetry: () => void
}

/** Shown above data that could not be renewed: how old it is, and why. */
export function StaleStrip({ error, readAtMs, onRetry }: StaleStripProps) {
  const now = useNow()
  return (
    <Strip tone="warn">
      <span>
        Could not be renewed; what is shown is {formatSpan(now - readAtMs)} old. {error.message}
      </span>
      <Button size="compact-xs" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </Strip>
  )
}
