'use client'

import { Drawer, Skeleton } from '@mantine/core'
import { actionWords } from '#components/audit/action-words'
import { whoActed } from '#components/audit/entry-columns'
import { EntryDiff } from '#components/audit/entry-diff'
import { useActorName } from '#components/data/use-actor-name'
import { useAuditEntry } from '#components/data/use-audit'
import { CopyId } from '#components/ui/copy-id'
import { ErrorNotice } from '#components/ui/error-notice'
import { FactList } from '#components/ui/fact-list'
import { formatExactTime } from '#components/ui/format-time'
import { QuietLink } from '#components/ui/quiet-link'
import type { AuditEntryDetail } from '#lib/contracts/audit'

export interface EntryDrawerProps {
  /** Null while no entry is asked for. */
  position: string | null
  onClose: () => void
}

/** One entry: who did what, what changed, and where it stands in the chain. */
export function EntryDrawer({ position, onClose }: EntryDrawerProps) {
  const query = useAuditEntry(position)
  return (
    <Drawer
      opened={position !== null}
      onClose={onClose}
      position="right"
      size={620}
      title="Audit entry"
      closeButtonProps={{ 'aria-label': 'Close entry' }}
    >
      {query.data ? (
        <Entry entry={query.data} />
      ) : query.error ? (
        <ErrorNotice what="The entry" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton height={300} role="status" aria-label="Loading: the entry" />
      )}
    </Drawer>
  )
}

function Entry({ entry }: { entry: AuditEntryDetail }) {
  const actorName = useActorName()
  const isAi = entry.action.startsWith('ai.')
  return (
    <>
      <FactList
        facts={[
          ['What', actionWords(entry.action)],
          ['When', formatExactTime(entry.at)],
          ['Who', whoActed(entry, actorName)],
          [
            'Pseudonym',
            entry.actor === null ? null : <CopyId key="actor" value={entry.actor} label="pseudonym" />,
          ],
          [
            'Person concerned',
            entry.subject === null ? null : <CopyId key="subject" value={entry.subject} label="pseudonym" />,
          ],
          ['Resource', <CopyId key="resource" value={entry.resource} label="resource" />],
          ['Reason', entry.reason],
          ['Outcome', entry.outcome],
          ['Account', entry.accountId],
          ['Correlation id', <CopyId key="correlation" value={entry.correlationId} label="correlation id" />],
          [
            'Request',
            isAi ? (
              <QuietLink key="request" href={`/requests?request=${entry.resource}`}>
                {entry.resource}
              </QuietLink>
            ) : null,
          ],
          ['Model', entry.model],
          [
            'Tokens',
            entry.inputTokens === null ? null : `${entry.inputTokens} in, ${entry.outputTokens ?? 0} out`,
          ],
          [
            'Sequence',
            entry.seal === null ? 'waits for its seal' : entry.seal.sequence.toLocaleString('en-US'),
          ],
          [
            'Chain hash',
            entry.seal === null ? null : <CopyId key="hash" value={entry.seal.hash} label="chain hash" />,
          ],
          ['Sealed', entry.seal === null ? null : formatExactTime(entry.seal.sealedAt)],
        ]}
      />
      {isAi ? null : <EntryDiff before={entry.before} after={entry.after} />}
    </>
  )
}
