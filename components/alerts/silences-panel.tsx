'use client'

import { useState } from 'react'
import { silenceScope } from '#components/alerts/alert-words'
import { useAlertSilences, useEndSilence } from '#components/data/use-alerts'
import { DataTable } from '#components/ui/data-table'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { RelativeTime } from '#components/ui/relative-time'
import type { AlertSilenceView } from '#lib/contracts/alerts'

/** Silences that hold; nothing while there are none. */
export function SilencesPanel() {
  const { data } = useAlertSilences()
  const [ending, setEnding] = useState<AlertSilenceView | null>(null)
  const act = useEndSilence()
  if (!data || data.silences.length === 0) return null
  return (
    <Panel title="Silences" flush>
      <DataTable
        label="Silences"
        rows={data.silences}
        rowKey={({ id }) => id}
        columns={[
          { id: 'what', label: 'Covers', render: ({ ruleId, labels }) => silenceScope(ruleId, labels) },
          { id: 'until', label: 'Ends', render: ({ endsAt }) => <RelativeTime at={endsAt} /> },
          { id: 'why', label: 'Reason', render: ({ reason }) => reason },
          {
            id: 'end',
            label: 'Action',
            render: (silence) => (
              <GuardedButton
                needs="operator"
                size="compact-xs"
                variant="default"
                onClick={() => setEnding(silence)}
              >
                End
              </GuardedButton>
            ),
          },
        ]}
      />
      <ReasonModal
        opened={ending !== null}
        title="End the silence"
        effect="Channels are told of what still fires."
        verb="End silence"
        busy={act.isPending}
        error={act.error}
        onClose={() => setEnding(null)}
        onConfirm={(reason) =>
          act.mutate(
            { id: ending?.id ?? '', reason },
            {
              onSuccess: () => {
                notifyDone('The silence has ended')
                setEnding(null)
              },
            },
          )
        }
      />
    </Panel>
  )
}
