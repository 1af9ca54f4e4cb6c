'use client'

import { Select } from '@mantine/core'
import { useState } from 'react'
import { useAcknowledge, useSilence } from '#components/data/use-alerts'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AlertView } from '#lib/contracts/alerts'

export interface AlertDeed {
  deed: 'acknowledge' | 'silence'
  alert: AlertView
}

const spans = [
  { value: '30', label: '30 minutes' },
  { value: '120', label: '2 hours' },
  { value: '480', label: '8 hours' },
  { value: '1440', label: 'a day' },
  { value: '10080', label: 'a week' },
]

/** Asks for the reason of what an operator does about one alert. */
export function AlertDeedModal({ asked, onClose }: { asked: AlertDeed | null; onClose: () => void }) {
  if (asked === null) return null
  return asked.deed === 'acknowledge' ? (
    <Acknowledge alert={asked.alert} onClose={onClose} />
  ) : (
    <Silence alert={asked.alert} onClose={onClose} />
  )
}

function Acknowledge({ alert, onClose }: { alert: AlertView; onClose: () => void }) {
  const act = useAcknowledge()
  return (
    <ReasonModal
      opened
      title="Acknowledge the alert"
      effect={`“${alert.sentence}” stays open under your name, and resolves by itself when it is well again.`}
      verb="Acknowledge"
      busy={act.isPending}
      error={act.error}
      onClose={onClose}
      onConfirm={(reason) =>
        act.mutate(
          { id: alert.id, reason },
          {
            onSuccess: () => {
              notifyDone('Acknowledged', alert.sentence)
              onClose()
            },
          },
        )
      }
    />
  )
}

function Silence({ alert, onClose }: { alert: AlertView; onClose: () => void }) {
  const act = useSilence()
  const [minutes, setMinutes] = useState('120')
  const span = spans.find(({ value }) => value === minutes)?.label ?? `${minutes} minutes`
  return (
    <ReasonModal
      opened
      title="Silence the alert"
      effect={`For ${span}, no channel is told of “${alert.ruleName}” with these labels. It is shown here all the same, and told of if it still fires then.`}
      verb="Silence"
      busy={act.isPending}
      error={act.error}
      onClose={onClose}
      onConfirm={(reason) =>
        act.mutate(
          { ruleId: alert.ruleId, labels: alert.labels, minutes: Number(minutes), reason },
          {
            onSuccess: () => {
              notifyDone('Silenced', `For ${span}.`)
              onClose()
            },
          },
        )
      }
    >
      <Select
        label="For"
        data={spans}
        value={minutes}
        onChange={(value) => setMinutes(value ?? '120')}
        allowDeselect={false}
      />
    </ReasonModal>
  )
}
