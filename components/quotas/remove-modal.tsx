'use client'

import { type QuotaDeed, useQuotaDeed } from '#components/data/use-quotas'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'

type EndingDeed = Extract<QuotaDeed, { reason: string }>

export interface RemoveModalProps {
  title: string
  effect: string
  verb: string
  deed: Omit<EndingDeed, 'reason'>
  onClose: () => void
}

/** Takes away a budget or an exception, with a reason. */
export function RemoveModal({ title, effect, verb, deed, onClose }: RemoveModalProps) {
  const change = useQuotaDeed()
  return (
    <ReasonModal
      opened
      title={title}
      effect={effect}
      verb={verb}
      danger
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={(reason) =>
        change.mutate(
          { ...deed, reason },
          {
            onSuccess: () => {
              notifyDone('Done', 'It holds on every instance within a second.')
              onClose()
            },
          },
        )
      }
    />
  )
}
