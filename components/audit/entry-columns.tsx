import { actionWords } from '#components/audit/action-words'
import type { Column } from '#components/ui/data-table'
import { OutcomeTag } from '#components/ui/outcome-tag'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { AuditEntryView } from '#lib/contracts/audit'
import classes from './audit.module.css'

interface Parts {
  actorName: (actorId: string) => string
  onOpen: (position: number) => void
}

export function entryColumns({ actorName, onOpen }: Parts): readonly Column<AuditEntryView>[] {
  return [
    {
      id: 'at',
      label: 'When',
      width: 130,
      sortBy: ({ at }) => at,
      render: ({ at }) => <RelativeTime at={at} />,
    },
    {
      id: 'action',
      label: 'What',
      width: 220,
      sortBy: ({ action }) => action,
      render: ({ action, position }) => (
        <button type="button" className={classes.open} onClick={() => onOpen(position)}>
          {actionWords(action)}
        </button>
      ),
    },
    { id: 'actor', label: 'Who', width: 190, render: (row) => whoActed(row, actorName) },
    {
      id: 'resource',
      label: 'Resource',
      width: 220,
      sortBy: ({ resource }) => resource,
      render: ({ resource }) => <code>{resource}</code>,
    },
    { id: 'reason', label: 'Reason', width: 220, render: ({ reason }) => reason ?? '–' },
    {
      id: 'outcome',
      label: 'Outcome',
      width: 110,
      render: ({ outcome }) => <OutcomeTag outcome={outcome} plain />,
    },
    {
      id: 'sealed',
      label: 'Seal',
      width: 100,
      render: ({ sealed }) => (
        <StateTag tone={sealed ? 'good' : 'neutral'} look="plain">
          {sealed ? 'sealed' : 'waits'}
        </StateTag>
      ),
    },
  ]
}

/** Who acted, as far as anybody may know. */
export function whoActed(
  { actor, actorId }: Pick<AuditEntryView, 'actor' | 'actorId'>,
  actorName: (actorId: string) => string,
): string {
  if (actor === null) return 'the system'
  return actorId === null ? actor : actorName(actorId)
}
