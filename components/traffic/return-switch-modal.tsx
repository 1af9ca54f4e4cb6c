'use client'

import { useReturnSwitch } from '#components/data/use-traffic'
import { describeFleet } from '#components/traffic/switch-words'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { SwitchView } from '#lib/contracts/traffic'
import { returnWord } from '#lib/traffic/describe-rollback'
import { describeScope } from '#lib/traffic/traffic-config'

/** Takes a switch back: its traffic goes where catalog and rollouts say again. */
export function ReturnSwitchModal({ thrown, onClose }: { thrown: SwitchView | null; onClose: () => void }) {
  const act = useReturnSwitch()
  if (thrown === null) return null
  const close = () => {
    act.reset()
    onClose()
  }
  const confirm = (reason: string) =>
    act.mutate(
      { id: thrown.id, reason, confirmation: returnWord },
      {
        onSuccess: ({ switch: { returned } }) => {
          notifyDone('Returned', returned ? `${describeFleet(returned)}.` : undefined)
          close()
        },
      },
    )
  return (
    <ReasonModal
      opened
      title={`Return ${describeScope(thrown.scope)}`}
      effect="The next request of every instance goes where the catalog and the rollouts say; running ones end where they are."
      verb="Return to Azure"
      typedWord={returnWord}
      busy={act.isPending}
      error={act.error}
      onClose={close}
      onConfirm={confirm}
    />
  )
}
