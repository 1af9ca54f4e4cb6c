'use client'

import { Button } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import { ApiProblem } from '#components/data/api-problem'
import { CopyId } from '#components/ui/copy-id'
import classes from './notice.module.css'

/** What failed, in the API's words, with the request id, and a way to try again. */
export function ErrorNotice({
  what,
  error,
  onRetry,
}: {
  what: string
  error: unknown
  onRetry?: () => void
}) {
  const problem = error instanceof ApiProblem ? error : null
  const detail = error instanceof Error ? error.message : 'The reason is not known.'
  return (
    <div className={classes.notice} role="alert">
      <div className={classes.icon} data-tone="bad" aria-hidden>
        <IconAlertTriangle size={18} />
      </div>
      <p className={classes.title}>{`${what} could not be read`}</p>
      <div className={classes.text}>
        {problem && problem.title !== detail ? `${problem.title}. ${detail}` : detail}
      </div>
      {problem?.requestId ? (
        <div className={classes.meta}>
          Request id <CopyId value={problem.requestId} label="request id" />
        </div>
      ) : null}
      {onRetry ? (
        <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  )
}
