import { type Column, DataTable } from '#components/ui/data-table'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { Tone } from '#components/ui/tone'
import { describeProblem } from '#lib/audit/chain-problem'
import type { AuditVerificationView } from '#lib/contracts/audit'
import classes from './audit.module.css'

const states: Readonly<Record<AuditVerificationView['state'], { tone: Tone; word: string }>> = {
  running: { tone: 'info', word: 'running' },
  ok: { tone: 'good', word: 'ok' },
  failed: { tone: 'bad', word: 'failed' },
  broken_off: { tone: 'warn', word: 'broken off' },
}
const columns: readonly Column<AuditVerificationView>[] = [
  { id: 'at', label: 'When', render: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  { id: 'scope', label: 'What', render: ({ scope }) => (scope === 'whole' ? 'whole log' : 'newest entries') },
  {
    id: 'state',
    label: 'Result',
    render: ({ state, problem }) => (
      <StateTag tone={states[state].tone} look="plain">
        {problem ? describeProblem(problem) : states[state].word}
      </StateTag>
    ),
  },
  {
    id: 'checked',
    label: 'Entries',
    numeric: true,
    sortBy: ({ checked }) => checked,
    render: ({ checked }) => checked.toLocaleString('en-US'),
  },
]

/** Verifications and how they ended; the program makes one every ten minutes when there is something new. */
export function VerificationsPanel({ verifications }: { verifications: readonly AuditVerificationView[] }) {
  return (
    <Panel title="Verifications" flush>
      {verifications.length === 0 ? (
        <p className={classes.empty}>
          None yet. New entries are verified every ten minutes, all of them daily.
        </p>
      ) : (
        <DataTable label="Verifications" columns={columns} rows={verifications} rowKey={({ id }) => id} />
      )}
    </Panel>
  )
}
