import type { ReactNode } from 'react'
import classes from './panel.module.css'

export interface PanelProps {
  title: string
  /** Unit or scope beside the title, e.g. `requests/s`. */
  hint?: ReactNode
  actions?: ReactNode
  /** Content reaches the border, for tables. */
  flush?: boolean
  children: ReactNode
}

/** A titled area of a page. */
export function Panel({ title, hint, actions, flush = false, children }: PanelProps) {
  return (
    <section className={classes.panel} aria-label={title}>
      <header className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {hint === undefined ? null : <span className={classes.hint}>{hint}</span>}
        {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  )
}
