import type { ReactNode } from 'react'
import { CopyIconButton } from '#components/ui/copy-id'
import classes from './notice.module.css'

export interface EmptyNoticeProps {
  icon: ReactNode
  title: string
  children?: ReactNode
  /** Commands that would fill this place. */
  commands?: readonly string[]
  action?: ReactNode
  /** Beside others, where it takes no more room than a line of theirs. */
  isSmall?: boolean
}

/** What would be here, and how to get it. */
export function EmptyNotice({ icon, title, children, commands = [], action, isSmall }: EmptyNoticeProps) {
  return (
    <div className={classes.notice} data-small={isSmall || undefined}>
      <div className={classes.icon} aria-hidden>
        {icon}
      </div>
      <p className={classes.title}>{title}</p>
      {children === undefined ? null : <div className={classes.text}>{children}</div>}
      {commands.map((command) => (
        <div key={command} className={classes.command}>
          <pre>{command}</pre>
          <CopyIconButton value={command} label="command" />
        </div>
      ))}
      {action}
    </div>
  )
}
