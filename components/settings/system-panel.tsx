'use client'

import { CopyId } from '#components/ui/copy-id'
import { FactList } from '#components/ui/fact-list'
import { formatCount } from '#components/ui/format-number'
import { Panel } from '#components/ui/panel'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { Status } from '#lib/contracts/status'
import classes from './settings.module.css'

const databaseWords = { embedded: 'embedded PGlite', postgres: 'Postgres' } as const
const methodWords = { password: 'local accounts', microsoft: 'Microsoft Entra ID' } as const

/** The running instance, what it stands on, and what it warned of when it started. */
export function SystemPanel({ status }: { status: Status }) {
  return (
    <Panel title="System">
      <FactList
        facts={[
          ['Version', status.version],
          ['Instance', <CopyId key="instance" value={status.instanceId} label="instance id" />],
          ['Started', <RelativeTime key="started" at={status.startedAt} />],
          ['Configuration', `version ${formatCount(status.configurationVersion)}`],
          ['Database', <DatabaseState key="database" status={status} />],
          ['Journal', journalWords(status.journal.pendingRecords)],
          [
            'Simulated',
            status.simulated.length === 0 ? 'nothing; every provider is real' : status.simulated.join(', '),
          ],
          ['Sign-in', status.signInMethods.map((method) => methodWords[method]).join(', ')],
        ]}
      />
      <h3 className={classes.heading}>Warnings</h3>
      {status.warnings.length === 0 ? (
        <p className={classes.text}>None at start-up.</p>
      ) : (
        <ul className={classes.warnings}>
          {status.warnings.map((warning) => (
            <li key={warning} className={classes.warning}>
              {warning}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function DatabaseState({ status }: { status: Status }) {
  return status.journal.databaseReachable ? (
    <StateTag tone="good" look="plain">
      {databaseWords[status.database]}, answering
    </StateTag>
  ) : (
    <StateTag tone="bad" look="plain">
      {databaseWords[status.database]}, not answering
    </StateTag>
  )
}

function journalWords(pending: number): string {
  if (pending === 0) return 'empty; every ledger record is in the database'
  return `${formatCount(pending)} ledger ${pending === 1 ? 'record waits' : 'records wait'} for the database`
}
