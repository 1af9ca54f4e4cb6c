import { formatRatio } from '#components/ui/format-number'
import { Meter } from '#components/ui/meter'
import classes from './quotas.module.css'

/** A share as a bar with its figure. */
export function ShareBar({ label, share }: { label: string; share: number | null }) {
  if (share === null) return <span className={classes.muted}>no limit</span>
  return (
    <div className={classes.bar}>
      <Meter label={label} used={share} />
      <span className={classes.share}>{formatRatio(share)}</span>
    </div>
  )
}
