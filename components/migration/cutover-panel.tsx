'use client'

import { Button, Skeleton } from '@mantine/core'
import { IconChecklist, IconDownload } from '@tabler/icons-react'
import { useCutover } from '#components/data/use-migration'
import {
  criterionStates,
  criterionWords,
  limitWords,
  measureWords,
  readinessWords,
} from '#components/migration/migration-words'
import { scopeWords, shareWords } from '#components/traffic/rollout-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { Disclosure } from '#components/ui/disclosure'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { Panel } from '#components/ui/panel'
import { RoleGuard } from '#components/ui/role-guard'
import { StateTag } from '#components/ui/state-tag'
import type { CutoverRouteView } from '#lib/contracts/migration'
import classes from './migration.module.css'

type Criterion = CutoverRouteView['criteria'][number]

const columns: readonly Column<Criterion>[] = [
  { id: 'name', label: 'Criterion', render: ({ name }) => <strong>{criterionWords[name]}</strong> },
  {
    id: 'status',
    label: 'State',
    sortBy: ({ status }) => status,
    render: ({ status }) => (
      <StateTag tone={criterionStates[status].tone} look="plain">
        {criterionStates[status].word}
      </StateTag>
    ),
  },
  { id: 'value', label: 'Value', numeric: true, render: ({ value, unit }) => measureWords(value, unit) },
  { id: 'limit', label: 'Limit', numeric: true, render: limitWords },
  { id: 'text', label: 'Because', render: ({ text }) => <span className={classes.why}>{text}</span> },
]

const download = {
  size: 'xs',
  variant: 'default',
  leftSection: <IconDownload size={14} aria-hidden />,
  children: 'Signed report',
} as const

/** Whether an old provider may be left, route by route. */
export function CutoverPanel() {
  const { data, error, refetch } = useCutover()
  if (!data)
    return error ? (
      <ErrorNotice what="The cutover checklist" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={160} role="status" aria-label="Loading the cutover checklist" />
    )
  return (
    <Panel title="Cutover checklist" hint="what nobody has measured is no pass">
      {data.routes.length === 0 ? (
        <EmptyNotice isSmall icon={<IconChecklist size={18} />} title="No route is leaving an old provider">
          Make a rollout from the old providers; what it has to show before they are let go of stands here.
        </EmptyNotice>
      ) : (
        data.routes.map((route) => (
          <CutoverRoute key={route.rolloutId} route={route} isAlone={data.routes.length === 1} />
        ))
      )}
    </Panel>
  )
}

function CutoverRoute({ route, isAlone }: { route: CutoverRouteView; isAlone: boolean }) {
  const { rolloutId, status, weightBps, criteria } = route
  const { word, tone } = readinessWords[status]
  const href = `/api/admin/migration/cutover/${encodeURIComponent(rolloutId)}/report.json`
  const met = criteria.filter((one) => one.status === 'met' || one.status === 'not_needed').length
  return (
    <section className={`${classes.stream} ${classes.route}`} aria-label={`Cutover of ${scopeWords(route)}`}>
      <div className={classes.head}>
        <h3>{scopeWords(route)}</h3>
        <StateTag tone={tone}>{word}</StateTag>
        <span className={classes.soft}>
          {met} of {criteria.length} met; the candidate has {shareWords(weightBps)}
        </span>
        <RoleGuard needs="operator">
          {(disabled) =>
            disabled ? (
              <Button {...download} disabled />
            ) : (
              <Button {...download} component="a" download href={href} />
            )
          }
        </RoleGuard>
      </div>
      <Disclosure label="Criteria" initially={isAlone}>
        <div className={classes.table}>
          <DataTable
            label={`Criteria of ${scopeWords(route)}`}
            columns={columns}
            rows={criteria}
            rowKey={({ name }) => name}
          />
        </div>
      </Disclosure>
    </section>
  )
}
