import { Button } from '@mantine/core'
import type { Column } from '#components/ui/data-table'
import { formatCompact, formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { ReconciliationView } from '#lib/contracts/reconciliations'
import { formatUtcDay } from '#lib/costs/format-utc-day'
import classes from './reconciliation.module.css'

/** Imports with their state, how far they are, and what was wrong with them. */
export function importColumns({
  onShow,
  onRemove,
}: {
  onShow: (id: string) => void
  onRemove: (one: ReconciliationView) => void
}): Column<ReconciliationView>[] {
  return [
    {
      id: 'file',
      label: 'File',
      sortBy: ({ fileName }) => fileName,
      render: ({ fileName, sizeBytes }) => (
        <>
          <span className={classes.file} title={fileName}>
            {fileName}
          </span>
          <span className={classes.soft}>{formatCompact(sizeBytes)} bytes</span>
        </>
      ),
    },
    { id: 'state', label: 'State', render: (one) => <ImportState one={one} /> },
    {
      id: 'days',
      label: 'Days (UTC)',
      sortBy: ({ firstDay }) => firstDay,
      render: ({ firstDay, lastDay }) =>
        firstDay && lastDay ? `${formatUtcDay(firstDay)} to ${formatUtcDay(lastDay)}` : '–',
    },
    {
      id: 'lines',
      label: 'Lines',
      numeric: true,
      sortBy: ({ linesDone }) => linesDone,
      render: ({ linesDone }) => formatCount(linesDone),
    },
    {
      id: 'at',
      label: 'Imported',
      sortBy: ({ createdAt }) => createdAt,
      render: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      id: 'act',
      label: 'Action',
      render: (one) => (
        <span className={classes.acts}>
          {one.state === 'ready' ? (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Show ${one.fileName}`}
              onClick={() => onShow(one.id)}
            >
              Show
            </Button>
          ) : null}
          <GuardedButton
            needs="operator"
            size="compact-xs"
            variant="default"
            aria-label={`Remove ${one.fileName}`}
            onClick={() => onRemove(one)}
          >
            Remove
          </GuardedButton>
        </span>
      ),
    },
  ]
}

function ImportState({ one }: { one: ReconciliationView }) {
  if (one.state === 'ready') return <StateTag tone="good">Imported</StateTag>
  if (one.state === 'staging')
    return (
      <>
        <StateTag tone="info">Reading</StateTag>
        <span className={classes.soft}>
          counts for nothing until its last line is read; broken off, send the same file again
        </span>
      </>
    )
  const { line = 0, column = null, message = '' } = one.refusal ?? {}
  return (
    <>
      <StateTag tone="bad">Refused</StateTag>
      <span className={classes.refusal}>
        Line {formatCount(line)}
        {column ? `, column ${column}` : ''}: {message}
      </span>
    </>
  )
}
