'use client'

import { Group, Select } from '@mantine/core'
import { useState } from 'react'
import { useOrderRollout } from '#components/data/use-rollouts'
import { chainWords, scopeWords, shareWords } from '#components/traffic/rollout-words'
import { formatCost } from '#components/ui/format-cost'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { RolloutOrderName, RolloutView } from '#lib/contracts/rollouts'
import { type RolloutCommand, rolloutTransitions } from '#lib/traffic/rollout-state'

interface Order {
  order: RolloutOrderName
  command: RolloutCommand
  verb(rollout: RolloutView): string
  /** What will happen, in one sentence. */
  effect(rollout: RolloutView): string
  danger?: boolean
  /** Shown only where it can be done; the others keep their place. */
  optional?: boolean
}

const nextShare = ({ plan, step }: RolloutView) => shareWords(plan.steps[step + 1]?.weightBps ?? 10_000)
const firstShare = ({ plan }: RolloutView) => plan.steps[0]?.weightBps ?? 0

const orders: readonly Order[] = [
  {
    order: 'start',
    command: 'start',
    optional: true,
    verb: (rollout) =>
      firstShare(rollout) === 0 ? 'Start the shadow' : `Start at ${shareWords(firstShare(rollout))}`,
    effect: (rollout) =>
      firstShare(rollout) === 0
        ? `Asks ${chainWords(rollout.candidateChain)} what ${shareWords(rollout.plan.shadow.sampleBps)} of ${scopeWords(rollout)} asked, for at most ${formatCost(rollout.plan.shadow.capPicoUsd)}; ${chainWords(rollout.baselineChain)} serves all of it.`
        : `Sends ${shareWords(firstShare(rollout))} of ${scopeWords(rollout)} to ${chainWords(rollout.candidateChain)} and the rest to ${chainWords(rollout.baselineChain)}.`,
  },
  {
    order: 'approve',
    command: 'approve',
    verb: (rollout) => (rollout.phase === 'awaiting_approval' ? `Approve ${nextShare(rollout)}` : 'Approve'),
    effect: (rollout) =>
      `Raises the candidate from ${shareWords(rollout.weightBps)} to ${nextShare(rollout)} of ${scopeWords(rollout)}. Running conversations stay where they are.`,
  },
  {
    order: 'hold',
    command: 'hold',
    verb: ({ weightBps }) => (weightBps === 0 ? 'Hold' : `Hold at ${shareWords(weightBps)}`),
    effect: ({ weightBps }) =>
      `It stays at ${shareWords(weightBps)} until somebody releases it. It still rolls itself back when a guardrail breaks.`,
  },
  {
    order: 'release',
    command: 'release',
    optional: true,
    verb: () => 'Release',
    effect: () => 'It goes on as soon as its gates are met.',
  },
  {
    order: 'resume',
    command: 'resume',
    optional: true,
    verb: () => 'Resume',
    effect: () => 'It goes on as soon as its gates are met.',
  },
  {
    order: 'pause',
    command: 'pause',
    verb: () => 'Pause',
    effect: ({ weightBps }) =>
      `It stays at ${shareWords(weightBps)} and takes no step. It still rolls itself back when a guardrail breaks.`,
  },
  {
    order: 'step_down',
    command: 'step_down',
    verb: () => 'Step down',
    effect: (rollout) =>
      `Lowers the candidate's share of ${scopeWords(rollout)} at once, also for running conversations.`,
  },
  {
    order: 'abort',
    command: 'roll_back',
    danger: true,
    verb: () => 'Abort',
    effect: (rollout) =>
      `Sends all of ${scopeWords(rollout)} to ${chainWords(rollout.baselineChain)} at once. The rollout cannot be started again.`,
  },
  {
    order: 'retire',
    command: 'retire',
    optional: true,
    danger: true,
    verb: () => 'Retire',
    effect: (rollout) =>
      `The rollout no longer says where ${scopeWords(rollout)} goes: the catalog's chain serves all of it from now on.`,
  },
]

/** What an operator can do, always in the same place. */
export function RolloutActions({ rollout }: { rollout: RolloutView }) {
  const [open, setOpen] = useState<Order | null>(null)
  const can = ({ command }: Order) =>
    rolloutTransitions[rollout.phase][command] !== undefined && (command !== 'step_down' || rollout.step > 0)
  return (
    <>
      <Group gap="xs" role="group" aria-label="What can be done">
        {orders
          .filter((order) => order.optional !== true || can(order))
          .map((order) => (
            <GuardedButton
              key={order.order}
              needs="operator"
              size="xs"
              variant={order.order === 'approve' || order.order === 'start' ? 'filled' : 'default'}
              color={order.danger ? 'red.8' : undefined}
              disabled={!can(order)}
              onClick={() => setOpen(order)}
            >
              {order.verb(rollout)}
            </GuardedButton>
          ))}
      </Group>
      {open ? <OrderModal rollout={rollout} order={open} onClose={() => setOpen(null)} /> : null}
    </>
  )
}

interface OrderModalProps {
  rollout: RolloutView
  order: Order
  onClose: () => void
}

function OrderModal({ rollout, order, onClose }: OrderModalProps) {
  // The version and the words stand as they were when the dialog was opened: what changes meanwhile is a conflict.
  const [seen] = useState(rollout)
  const [toStep, setToStep] = useState(String(Math.max(0, seen.step - 1)))
  const change = useOrderRollout(seen.id)
  const confirm = (reason: string) =>
    change.mutate(
      {
        command: order.order,
        version: seen.version,
        reason,
        ...(order.order === 'step_down' ? { toStep: Number(toStep) } : {}),
      },
      {
        onSuccess: () => {
          notifyDone(
            `${order.verb(seen)}: done`,
            `${scopeWords(seen)}; every instance obeys within a second.`,
          )
          onClose()
        },
      },
    )
  return (
    <ReasonModal
      opened
      title={`${order.verb(seen)}: ${scopeWords(seen)}`}
      effect={order.effect(seen)}
      verb={order.verb(seen)}
      danger={order.danger ?? false}
      {...(order.order === 'retire' ? { typedWord: 'retire' } : {})}
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      {order.order === 'step_down' ? (
        <Select
          label="Down to"
          data={seen.plan.steps
            .slice(0, seen.step)
            .map(({ weightBps }, index) => ({ value: String(index), label: shareWords(weightBps) }))}
          value={toStep}
          onChange={(value) => setToStep(value ?? '0')}
          allowDeselect={false}
        />
      ) : null}
    </ReasonModal>
  )
}
