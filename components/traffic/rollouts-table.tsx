'use client'

import { Drawer } from '@mantine/core'
import { RolloutCard } from '#components/traffic/rollout-card'
import { chainWords, phaseWords, scopeWords, shareWords } from '#components/traffic/rollout-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { RolloutView } from '#lib/contracts/rollouts'
import classes from './rollouts.module.css'

const columns: readonly Column<RolloutView>[] = [
  {
    id: 'scope',
    label: 'Traffic of',
    sortBy: scopeWords,
    render: (row) => <strong>{scopeWords(row)}</strong>,
  },
  {
    id: 'phase',
    label: 'State',
    sortBy: ({ phase }) => phase,
    render: ({ phase }) => (
      <StateTag tone={phaseWords[phase].tone} look="plain">
        {phaseWords[phase].word}
      </StateTag>
    ),
  },
  {
    id: 'share',
    label: 'Candidate has',
    numeric: true,
    sortBy: ({ weightBps }) => weightBps,
    render: ({ weightBps }) => shareWords(weightBps),
  },
  { id: 'candidate', label: 'Candidate', render: ({ candidateChain }) => chainWords(candidateChain) },
  {
    id: 'reason',
    label: 'Because',
    render: ({ reason }) => <span className={classes.reason}>{reason}</span>,
  },
  {
    id: 'changed',
    label: 'Changed',
    sortBy: ({ changedAt }) => changedAt,
    render: ({ changedAt }) => <RelativeTime at={changedAt} />,
  },
]

interface RolloutsTableProps {
  rollouts: readonly RolloutView[]
  /** Id of the one whose drawer is open. */
  chosen: string | null
  onChoose: (id: string | null) => void
}

/** Every rollout there was; a row opens it. */
export function RolloutsTable({ rollouts, chosen, onChoose }: RolloutsTableProps) {
  const open = rollouts.find(({ id }) => id === chosen)
  return (
    <>
      <DataTable
        label="All rollouts"
        columns={columns}
        rows={rollouts}
        rowKey={({ id }) => id}
        onRowClick={({ id }) => onChoose(id)}
      />
      <Drawer
        opened={open !== undefined}
        onClose={() => onChoose(null)}
        position="right"
        size="xl"
        title={open ? `Rollout of ${scopeWords(open)}` : ''}
      >
        {open ? <RolloutCard rollout={open} isChosen /> : null}
      </Drawer>
    </>
  )
}
