import { Skeleton } from '@mantine/core'
import classes from './requests-page.module.css'

const rows = Array.from({ length: 18 }, (_, index) => index)

/** Rows in their final height. */
export function RequestsSkeleton() {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading requests">
      {rows.map((row) => (
        <Skeleton key={row} height={23} />
      ))}
    </div>
  )
}
