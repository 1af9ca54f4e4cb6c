import type { ReactNode } from 'react'
import classes from './page.module.css'

/** The column in which a page's parts stand. */
export function Page({ children }: { children: ReactNode }) {
  return <div className={classes.page}>{children}</div>
}
