'use client'

import { phaseTones, scopeOf, verdictOf } from '#components/experiments/experiment-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatCount } from '#components/ui/format-number'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { ExperimentSummary } from '#lib/contracts/experiments'
import classes from './experiments.module.css'

/** Every experiment in one line. */
export function ExperimentList(props: {
  experiments: readonly ExperimentSummary[]
  chosen: string | null
  onChoose: (id: string) => void
}) {
  return (
    <DataTable
      label="Experiments"
      columns={columns(props.onChoose)}
      rows={props.experiments}
      rowKey={({ id }) => id}
      selectedKey={props.chosen}
      onRowClick={({ id }) => props.onChoose(id)}
    />
  )
}

function columns(onChoose: (id: string) => void): readonly Column<ExperimentSummary>[] {
  return [
    {
      id: 'name',
      label: 'Name',
      sortBy: ({ name }) => name,
      render: (row) => (
        <button
          type="button"
          className={classes.name}
          onClick={(event) => {
            event.stopPropagation()
            onChoose(row.id)
          }}
        >
          <strong>{row.name}</strong>
          <span className={classes.soft}>{scopeOf(row)}</span>
        </button>
      ),
    },
    {
      id: 'phase',
      label: 'State',
      sortBy: ({ phase }) => phase,
      render: ({ phase }) => <StateTag tone={phaseTones[phase]}>{phase}</StateTag>,
    },
    {
      id: 'verdict',
      label: 'Verdict',
      sortBy: ({ reading }) => reading?.kind ?? null,
      render: ({ reading }) => {
        if (!reading) return <span className={classes.soft}>not started</span>
        const { tone, words } = verdictOf(reading)
        return <StateTag tone={tone}>{words}</StateTag>
      },
    },
    {
      id: 'units',
      label: 'Units',
      numeric: true,
      sortBy: ({ exposures }) => exposures,
      render: ({ exposures }) => formatCount(exposures),
    },
    {
      id: 'since',
      label: 'Since',
      sortBy: ({ startedAt, createdAt }) => startedAt ?? createdAt,
      render: ({ startedAt, createdAt }) => <RelativeTime at={startedAt ?? createdAt} />,
    },
  ]
}
