'use client'

import { SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import { chosenRegion, type RegionChoice, RegionFields } from '#components/access/region-fields'
import { useAccountRegion, useSetAccountRegion } from '#components/data/use-account-region'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AccountRegion } from '#lib/contracts/access'

/** Where the requests of an account go, whatever key they come with; a key or request that says otherwise goes first. */
export function AccountRegionModal({
  accountId,
  onClose,
}: {
  accountId: string | null
  onClose: () => void
}) {
  return accountId === null ? null : <OneAccount key={accountId} accountId={accountId} onClose={onClose} />
}

function OneAccount({ accountId, onClose }: { accountId: string; onClose: () => void }) {
  const { data, error } = useAccountRegion(accountId)
  const change = useSetAccountRegion(accountId)
  const [chosen, setChosen] = useState<RegionChoice | null>(null)
  const choice = chosen ?? choiceOf(data)
  return (
    <ReasonModal
      opened
      title={`Region of ${accountId}`}
      effect={`Every request of this account ${wordsOf(data)} now. A key or request with a region of its own goes by that.`}
      verb="Set region"
      busy={change.isPending}
      error={change.error ?? error}
      onClose={onClose}
      onConfirm={(reason) =>
        change.mutate(
          { region: chosenRegion(choice), reason },
          {
            onSuccess: (after) => {
              notifyDone(`${accountId} has its region`, `Every request of it ${wordsOf(after)} from now on.`)
              onClose()
            },
          },
        )
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <RegionFields choice={choice} onChange={setChosen} />
      </SimpleGrid>
    </ReasonModal>
  )
}

function choiceOf(now: AccountRegion | undefined): RegionChoice {
  return { region: now?.region?.name ?? '', mode: now?.region?.mode ?? 'prefer' }
}

function wordsOf(now: AccountRegion | undefined): string {
  if (!now?.region) return 'may be served anywhere'
  return now.region.mode === 'require' ? `stays in ${now.region.name}` : `prefers ${now.region.name}`
}
