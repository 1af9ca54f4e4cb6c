'use client'

import { Tooltip } from '@mantine/core'
import { useNow } from '#components/data/use-now'
import { formatRelative } from '#components/ui/format-duration'
import { formatExactTime } from '#components/ui/format-time'

/** A moment as its distance from now; the exact one, in the viewer's zone, on hover. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow()
  return (
    <Tooltip label={formatExactTime(at)}>
      <time dateTime={at}>{formatRelative(Date.parse(at), now === 0 ? Date.parse(at) : now)}</time>
    </Tooltip>
  )
}
