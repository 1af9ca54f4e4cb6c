'use client'

import { Button, Skeleton } from '@mantine/core'
import { IconDownload, IconReportAnalytics } from '@tabler/icons-react'
import { useAfterCutover } from '#components/data/use-migration'
import { afterWords, changeTone, changeWords, measureWords } from '#components/migration/migration-words'
import { phaseWords, scopeWords } from '#components/traffic/rollout-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { AfterRouteView } from '#lib/contracts/migration'
import classes from './migration.module.css'

type Row = AfterRouteView['rows'][number]

const columns: readonly Column<Row>[] = [
  { id: 'metric', label: 'Metric', render: ({ metric }) => <strong>{afterWords[metric]}</strong> },
  { id: 'before', label: 'Before', numeric: true, render: ({ before, unit }) => measureWords(before, unit) },
  { id: 'full', label: 'At 100 %', numeric: true, render: ({ atFull, unit }) => measureWords(atFull, unit) },
  { id: 'since', label: 'Since', numeric: true, render: ({ since, unit }) => measureWords(since, unit) },
  {
    id: 'change',
    label: 'Change',
    numeric: true,
    sortBy: ({ change }) => change,
    render: (row) =>
      row.change === null ? (
        '–'
      ) : (
        <StateTag tone={changeTone(row)} look="plain">
          {changeWords(row.change)}
        </StateTag>
      ),
  },
]

/** What became of routes that left their old provider. */
export function AfterCutoverPanel() {
  const { data, error, refetch } = useAfterCutover()
  if (!data)
    return error ? (
      <ErrorNotice what="The report after the cutover" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={120} role="status" aria-label="Loading the report after the cutover" />
    )
  const isEmpty = data.routes.length === 0
  return (
    <Panel
      title="After the cutover"
      hint="against the baseline as it was when it lost its traffic"
      actions={isEmpty ? undefined : <Exports />}
    >
      {isEmpty ? (
        <EmptyNotice
          isSmall
          icon={<IconReportAnalytics size={18} />}
          title="No route has left its old provider yet"
        >
          When a rollout from the old providers reaches 100 %, what it was before and after stands here.
        </EmptyNotice>
      ) : (
        data.routes.map((route) => <AfterRoute key={route.rolloutId} route={route} />)
      )}
    </Panel>
  )
}

function Exports() {
  return ['csv', 'json'].map((kind) => (
    <Button
      key={kind}
      component="a"
      download
      href={`/api/admin/migration/after.${kind}`}
      size="xs"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
    >
      {kind.toUpperCase()}
    </Button>
  ))
}

function AfterRoute({ route }: { route: AfterRouteView }) {
  const { phase, fullSince, requests, rows } = route
  return (
    <section
      className={`${classes.stream} ${classes.route}`}
      aria-label={`After the cutover of ${scopeWords(route)}`}
    >
      <div className={classes.head}>
        <h3>{scopeWords(route)}</h3>
        <StateTag tone={phaseWords[phase].tone}>{phaseWords[phase].word}</StateTag>
        <span className={classes.soft}>
          {fullSince === null ? null : (
            <>
              at 100 % since <RelativeTime at={fullSince} />;{' '}
            </>
          )}
          {formatCount(requests.before)} requests before, {formatCount(requests.atFull)} at 100 %
          {requests.since === null ? null : `, ${formatCount(requests.since)} since`}
        </span>
      </div>
      <p className={classes.sentence}>{feedbackWords(route.feedback)}</p>
      <div className={classes.table}>
        <DataTable
          label={`Before and after of ${scopeWords(route)}`}
          columns={columns}
          rows={rows}
          rowKey={({ metric }) => metric}
        />
      </div>
    </section>
  )
}

function feedbackWords({ before, after }: AfterRouteView['feedback']): string {
  if (before.ratings + after.ratings === 0) return 'No user has rated an answer of this route.'
  const side = ({ ratings, mean }: typeof before) =>
    ratings === 0 ? 'not at all' : `${measureWords(mean, 'score')} over ${formatCount(ratings)} ratings`
  return `Users rated the old provider’s answers ${side(before)}, the candidate’s ${side(after)}.`
}
