'use client'

import { useDismissAnomaly, useRestoreAnomaly } from '#components/data/use-cost-changes'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { CostChange } from '#lib/contracts/cost-changes'

interface Asked {
  /** Null while nothing is asked. */
  change: CostChange | null
  onClose: () => void
}

/** Somebody knows of it and means it. */
export function DismissModal({ change, minimumUsd, onClose }: Asked & { minimumUsd: number }) {
  const dismiss = useDismissAnomaly()
  if (change === null) return null
  const { dimension, accountId, value, startDay } = change
  const close = () => {
    dismiss.reset()
    onClose()
  }
  return (
    <ReasonModal
      opened
      title={`Dismiss the anomaly of ${value}`}
      effect="It moves to the end of the list and alerts no more, until it costs half as much again as now. It can be restored."
      verb="Dismiss"
      busy={dismiss.isPending}
      error={dismiss.error}
      onClose={close}
      onConfirm={(reason) =>
        dismiss.mutate(
          { dimension, accountId, value, startDay, minimumUsd, reason },
          {
            onSuccess: () => {
              notifyDone(`The anomaly of ${value} is dismissed`)
              close()
            },
          },
        )
      }
    />
  )
}

export function RestoreModal({ change, onClose }: Asked) {
  const restore = useRestoreAnomaly()
  if (change?.dismissal == null) return null
  const { value, dismissal } = change
  const close = () => {
    restore.reset()
    onClose()
  }
  return (
    <ReasonModal
      opened
      title={`Restore the anomaly of ${value}`}
      effect="It is shown with the others again, and alerts while it costs more than the rule's limit."
      verb="Restore"
      busy={restore.isPending}
      error={restore.error}
      onClose={close}
      onConfirm={(reason) =>
        restore.mutate(
          { id: dismissal.id, reason },
          {
            onSuccess: () => {
              notifyDone(`The anomaly of ${value} is back`)
              close()
            },
          },
        )
      }
    />
  )
}
