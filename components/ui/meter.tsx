import classes from './meter.module.css'

export interface MeterProps {
  /** What is measured, for screen readers. */
  label: string
  /** Share that is used, 0–1 and above. */
  used: number
}

/** How full something is. Amber from 80 %, red from 95 %. */
export function Meter({ label, used }: MeterProps) {
  return (
    <meter
      className={classes.meter}
      aria-label={label}
      aria-valuetext={`${Math.round(used * 100)} % used`}
      value={Math.min(1, Math.max(0, used))}
      low={0.8}
      high={0.95}
      optimum={0}
    />
  )
}
