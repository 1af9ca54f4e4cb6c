'use client'

import { CopyId } from '#components/ui/copy-id'
import { type Column, DataTable } from '#components/ui/data-table'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { InstanceView, TrafficView } from '#lib/contracts/traffic'
import classes from './traffic.module.css'

const states = {
  obeying: { tone: 'good', word: 'obeys' },
  behind: { tone: 'warn', word: 'behind' },
  silent: { tone: 'bad', word: 'silent' },
} as const

const columns: readonly Column<InstanceView>[] = [
  {
    id: 'instance',
    label: 'Instance',
    render: ({ id, self }) => (
      <span className={classes.tag}>
        <CopyId value={id} label="instance id" />
        {self ? <span className={classes.soft}>answers you</span> : null}
      </span>
    ),
  },
  {
    id: 'state',
    label: 'State',
    render: ({ state }) => <StateTag tone={states[state].tone}>{states[state].word}</StateTag>,
  },
  {
    id: 'version',
    label: 'Version',
    numeric: true,
    sortBy: ({ version }) => version,
    render: ({ version }) => version,
  },
  { id: 'obeyed', label: 'Since', render: ({ obeyedAt }) => <RelativeTime at={obeyedAt} /> },
  { id: 'reported', label: 'Last report', render: ({ reportedAt }) => <RelativeTime at={reportedAt} /> },
]

/** Which configuration version every instance obeys, live. */
export function FleetPanel({ view }: { view: TrafficView }) {
  const { instances, configurationVersion } = view
  const obeying = instances.filter(({ version }) => version >= configurationVersion).length
  const hint = `${obeying}/${instances.length} on version ${configurationVersion}`
  return (
    <Panel title="Instances" hint={hint} flush>
      <DataTable
        label="Instances"
        columns={columns}
        rows={instances}
        rowKey={({ id }) => id}
        rowTone={({ state }) => (state === 'silent' ? 'bad' : null)}
      />
    </Panel>
  )
}
