'use client'

import { useAlertsSummary } from '#components/data/use-alerts'
import classes from './firing-count.module.css'

/** How many alerts fire that nobody has taken; nothing while none does. */
export function FiringCount() {
  const { data } = useAlertsSummary()
  if (!data || data.firing === 0) return null
  return (
    <span className={classes.count} data-tone={data.critical > 0 ? 'bad' : 'warn'}>
      {data.firing}
      <span className={classes.words}> firing</span>
    </span>
  )
}
