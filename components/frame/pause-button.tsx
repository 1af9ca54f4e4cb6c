'use client'

import { ActionIcon, Tooltip } from '@mantine/core'
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useLive } from '#components/data/live-context'

/** Freezes every view of the page, and lets it run again. */
export function PauseButton() {
  const { paused, setPaused } = useLive()
  const label = paused ? 'Resume live updates' : 'Pause live updates'
  return (
    <Tooltip label={label}>
      <ActionIcon
        color="gray"
        size="md"
        aria-label={label}
        aria-pressed={paused}
        onClick={() => setPaused(!paused)}
      >
        {paused ? <IconPlayerPlayFilled size={15} /> : <IconPlayerPauseFilled size={15} />}
      </ActionIcon>
    </Tooltip>
  )
}
