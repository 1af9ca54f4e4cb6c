import type { ReactNode } from 'react'
import { Sparkline } from '#components/charts/sparkline'
import classes from './board.module.css'

export interface SparkValueProps {
  /** By minute, oldest first; null is a gap. */
  values: readonly (number | null)[]
  color: string
  /** Value at the top edge; the largest when left out. */
  top?: number
  children: ReactNode
}

/** A number with its last 15 minutes to its left. */
export function SparkValue({ values, color, top, children }: SparkValueProps) {
  return (
    <span className={classes.sparkValue}>
      <span className={classes.spark}>
        <Sparkline values={values} color={color} height={20} top={top} />
      </span>
      <span className={classes.value}>{children}</span>
    </span>
  )
}
