'use client'

import { Tooltip } from '@mantine/core'
import { IconFlask2 } from '@tabler/icons-react'
import { useStatus } from '#components/data/use-status'
import classes from './simulated-badge.module.css'

/** Says on every page what the simulator stands in for; nothing when everything is real. */
export function SimulatedBadge() {
  const { data } = useStatus()
  if (!data || data.simulated.length === 0) return null
  const names = data.simulated.join(', ')
  const detail = `No endpoint or key is configured for ${names}. The built-in simulator answers in their place; its texts are made up, its token counts and timings are not.`
  return (
    <Tooltip label={detail}>
      <span className={classes.badge} role="note" aria-label={`Simulated: ${names}`}>
        <IconFlask2 size={13} aria-hidden />
        <span className={classes.word}>simulated</span>
        <span className={classes.names}>: {names}</span>
      </span>
    </Tooltip>
  )
}
