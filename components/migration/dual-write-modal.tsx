'use client'

import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { type DualWriteOrder, useDualWriteOrder } from '#components/data/use-migration'
import { accountWords } from '#components/migration/migration-words'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { DualStreamView } from '#lib/contracts/migration'

/** What an operator wants of a stream; account null = still to be said. */
export interface AskedOrder {
  kind: 'turn on' | 'turn off' | 'start copy' | 'pause copy' | 'compare' | 'repair'
  accountId: string | null
}

interface Words {
  verb: string
  effect: string
  order: (target: { stream: string; accountId: string; reason: string }) => DualWriteOrder
  danger?: boolean
}

const words: Readonly<Record<AskedOrder['kind'], Words>> = {
  'turn on': {
    verb: 'Turn on',
    effect:
      'From now on its changes reach both stores. What was there before is copied when you start the copy.',
    order: (target) => ({ what: 'switches', body: { ...target, enabled: true } }),
  },
  'turn off': {
    verb: 'Turn off',
    effect:
      'Its changes no longer reach the new store. Turning it on again sends the copy back to the beginning, and going above 10 % is refused until then.',
    order: (target) => ({ what: 'switches', body: { ...target, enabled: false } }),
    danger: true,
  },
  'start copy': {
    verb: 'Start copy',
    effect: 'Copies what was there before, page by page, beside the traffic. It can be paused.',
    order: (target) => ({ what: 'backfills', body: { ...target, command: 'start' } }),
  },
  'pause copy': {
    verb: 'Pause copy',
    effect: 'The copy stops where it is and goes on from there.',
    order: (target) => ({ what: 'backfills', body: { ...target, command: 'pause' } }),
  },
  compare: {
    verb: 'Compare',
    effect: 'Compares all its records in both stores and says what differs. Nothing is changed.',
    order: (target) => ({ what: 'reconciliations', body: { ...target, repair: false } }),
  },
  repair: {
    verb: 'Compare and repair',
    effect: 'Compares all its records in both stores; the higher version of what differs goes to both.',
    order: (target) => ({ what: 'reconciliations', body: { ...target, repair: true } }),
  },
}

interface DualWriteModalProps {
  stream: DualStreamView
  order: AskedOrder
  onClose: () => void
}

/** Asks for the reason of an order to a stream, and for the account where it is not said. */
export function DualWriteModal({ stream: { stream }, order, onClose }: DualWriteModalProps) {
  const [account, setAccount] = useState('')
  const send = useDualWriteOrder()
  const { verb, effect, danger = false, order: compose } = words[order.kind]
  const accountId = order.accountId ?? (account.trim() === '' ? '*' : account.trim())
  const title =
    order.accountId === null ? `${verb}: ${stream}` : `${verb}: ${stream}, ${accountWords(accountId)}`
  const confirm = (reason: string) =>
    send.mutate(compose({ stream, accountId, reason }), {
      onSuccess: () => {
        notifyDone(`${verb}: done`, `${stream}, ${accountWords(accountId)}`)
        onClose()
      },
    })
  return (
    <ReasonModal
      opened
      title={title}
      effect={effect}
      verb={verb}
      danger={danger}
      busy={send.isPending}
      error={send.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      {order.accountId === null ? (
        <TextInput
          label="Account"
          description="Empty: every account without a switch of its own."
          placeholder="every account"
          value={account}
          onChange={(event) => setAccount(event.currentTarget.value)}
          maxLength={200}
        />
      ) : null}
    </ReasonModal>
  )
}
