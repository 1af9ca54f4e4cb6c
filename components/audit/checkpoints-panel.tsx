import { CopyId } from '#components/ui/copy-id'
import { type Column, DataTable } from '#components/ui/data-table'
import { Panel } from '#components/ui/panel'
import { StateTag } from '#components/ui/state-tag'
import type { AuditState } from '#lib/contracts/audit'
import classes from './audit.module.css'

type Checkpoint = AuditState['checkpoints'][number]

const columns: readonly Column<Checkpoint>[] = [
  { id: 'day', label: 'Day (UTC)', sortBy: ({ day }) => day, render: ({ day }) => day },
  {
    id: 'sequence',
    label: 'Entry',
    numeric: true,
    sortBy: ({ sequence }) => sequence,
    render: ({ sequence }) => sequence.toLocaleString('en-US'),
  },
  { id: 'hash', label: 'Hash', render: ({ hash }) => <code title={hash}>{hash.slice(0, 12)}…</code> },
  {
    id: 'anchored',
    label: 'Anchor',
    render: ({ anchored }) => (
      <StateTag tone={anchored ? 'good' : 'warn'} look="plain">
        {anchored ? 'anchored' : 'missing'}
      </StateTag>
    ),
  },
]

/** Where the chain stood at the end of each day, and the key with which an export is verified. */
export function CheckpointsPanel({ state }: { state: AuditState }) {
  const [publicKey] = state.publicKeys
  return (
    <Panel title="Checkpoints" hint={`anchored in ${state.anchoredIn}`} flush>
      {state.checkpoints.length === 0 ? (
        <p className={classes.empty}>The first is signed when the day is over (UTC).</p>
      ) : (
        <DataTable
          label="Checkpoints"
          columns={columns}
          rows={state.checkpoints}
          rowKey={({ sequence }) => String(sequence)}
        />
      )}
      {publicKey === undefined ? null : (
        <div className={classes.empty}>
          Public key <CopyId value={publicKey} label="public key" />
        </div>
      )}
    </Panel>
  )
}
