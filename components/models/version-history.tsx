'use client'

import { Skeleton } from '@mantine/core'
import { Sparkline } from '#components/charts/sparkline'
import { useVersionHistory } from '#components/data/use-models'
import { costPerThousand } from '#components/models/model-words'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRatio } from '#components/ui/format-number'
import type { VersionHistory as History } from '#lib/contracts/models'
import classes from './models.module.css'

type Day = History['days'][number]

const figures: readonly {
  label: string
  value: (day: Day) => number | null
  text: (day: Day) => string
}[] = [
  {
    label: 'Requests a day',
    value: ({ requests }) => requests,
    text: ({ requests }) => formatCount(requests),
  },
  {
    label: 'Errors',
    value: ({ errorRatio }) => errorRatio,
    text: ({ errorRatio }) => formatRatio(errorRatio),
  },
  {
    label: 'Latency p95',
    value: ({ latencyP95Ms }) => latencyP95Ms,
    text: ({ latencyP95Ms }) => formatMs(latencyP95Ms),
  },
  {
    label: 'USD per 1,000 requests',
    value: ({ costPerRequestPicoUsd }) =>
      costPerRequestPicoUsd === null ? null : Number(costPerRequestPicoUsd),
    text: ({ costPerRequestPicoUsd }) => costPerThousand(costPerRequestPicoUsd),
  },
]

/** What a version did day by day: the last day's figure, and the shape of the days before. */
export function VersionHistory({ id }: { id: string }) {
  const { data, error, refetch } = useVersionHistory(id)
  if (error && !data) return <ErrorNotice what="The history" error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton height={64} role="status" aria-label="Loading the history" />
  const last = data.days.at(-1)
  if (!last) return <p className={classes.soft}>Nobody has asked it in these days.</p>
  return (
    <div className={classes.history}>
      {figures.map(({ label, value, text }) => (
        <div key={label}>
          <div className={classes.historyName}>{label}</div>
          <strong>{text(last)}</strong>
          <Sparkline values={data.days.map(value)} />
        </div>
      ))}
    </div>
  )
}
