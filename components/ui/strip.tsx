import type { ReactNode } from 'react'
import classes from './strip.module.css'

/** A line of news across the page. `bad` is announced at once, the others when there is a pause. */
export function Strip({ tone, children }: { tone: 'info' | 'warn' | 'bad'; children: ReactNode }) {
  return (
    <div className={classes.strip} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  )
}
