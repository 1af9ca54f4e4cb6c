'use client'

import { IconHistory } from '@tabler/icons-react'
import { useActorName } from '#components/data/use-actor-name'
import { describeFleet } from '#components/traffic/switch-words'
import { type Column, DataTable } from '#components/ui/data-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { formatSpan } from '#components/ui/format-duration'
import { Panel } from '#components/ui/panel'
import { QuietLink } from '#components/ui/quiet-link'
import { RelativeTime } from '#components/ui/relative-time'
import type { SwitchView, TrafficView } from '#lib/contracts/traffic'
import { describeScope } from '#lib/traffic/traffic-config'
import classes from './traffic.module.css'

/** Rollbacks that were taken back, newest first. */
export function SwitchHistory({ view }: { view: TrafficView }) {
  const actorName = useActorName()
  return (
    <Panel title="Earlier rollbacks" flush={view.history.length > 0}>
      {view.history.length === 0 ? (
        <EmptyNotice isSmall icon={<IconHistory size={18} />} title="Nothing was rolled back yet">
          Every rollback that was taken back stands here, with who obeyed and how soon.
        </EmptyNotice>
      ) : (
        <DataTable
          label="Earlier rollbacks"
          columns={columnsFor(actorName)}
          rows={view.history}
          rowKey={({ id }) => id}
        />
      )}
    </Panel>
  )
}

function columnsFor(actorName: (id: string) => string): readonly Column<SwitchView>[] {
  return [
    { id: 'scope', label: 'Traffic', render: ({ scope }) => describeScope(scope) },
    { id: 'thrown', label: 'Thrown', render: ({ thrown }) => <Deed deed={thrown} name={actorName} /> },
    {
      id: 'lasted',
      label: 'Lasted',
      numeric: true,
      sortBy: (row) => lastedMs(row),
      render: (row) => formatSpan(lastedMs(row)),
    },
    {
      id: 'returned',
      label: 'Returned',
      render: ({ returned }) => (returned ? <Deed deed={returned} name={actorName} /> : null),
    },
  ]
}

function lastedMs({ thrown, returned }: SwitchView): number {
  return returned ? Date.parse(returned.at) - Date.parse(thrown.at) : 0
}

function Deed({ deed, name }: { deed: SwitchView['thrown']; name: (id: string) => string }) {
  return (
    <ul className={classes.facts}>
      <li>
        <RelativeTime at={deed.at} /> by {name(deed.by)}: {deed.reason}
      </li>
      <li className={classes.soft}>
        {describeFleet(deed)}
        {deed.firstRequest ? (
          <>
            ; first request{' '}
            <QuietLink href={`/requests?request=${deed.firstRequest.id}`}>{deed.firstRequest.id}</QuietLink>{' '}
            by {deed.firstRequest.deploymentId}
          </>
        ) : null}
      </li>
    </ul>
  )
}
