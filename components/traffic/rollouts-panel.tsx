'use client'

import { Skeleton } from '@mantine/core'
import { IconArrowRampRight, IconPlus } from '@tabler/icons-react'
import { useRollouts } from '#components/data/use-rollouts'
import { useUrlParams } from '#components/data/use-url-params'
import { RolloutCard } from '#components/traffic/rollout-card'
import { RolloutModal } from '#components/traffic/rollout-modal'
import { scopeWords } from '#components/traffic/rollout-words'
import { RolloutsTable } from '#components/traffic/rollouts-table'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import type { RolloutView } from '#lib/contracts/rollouts'
import { isEnded } from '#lib/traffic/rollout-state'

/** What moves next: rollouts that are under way, those that still say where traffic goes, and those that are over. */
export function RolloutsPanel() {
  const { data, error, refetch } = useRollouts()
  const { get, set } = useUrlParams()
  if (!data)
    return error ? (
      <ErrorNotice what="The rollouts" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={320} role="status" aria-label="Loading the rollouts" />
    )
  const shown = data.rollouts.filter(isShown)
  const chosen = get('rollout')
  return (
    <>
      {shown.map((rollout) => (
        <Panel key={rollout.id} title={`Rollout of ${scopeWords(rollout)}`} hint={rollout.id}>
          <RolloutCard rollout={rollout} isChosen={shown.length === 1 || rollout.id === chosen} />
        </Panel>
      ))}
      <Panel
        title="Rollouts"
        hint={
          shown.length === 0
            ? 'none under way'
            : `${shown.length} ${shown.length === 1 ? 'says' : 'say'} where traffic goes`
        }
        flush
        actions={
          <GuardedButton
            needs="operator"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => set({ create: 'rollout' })}
          >
            New rollout
          </GuardedButton>
        }
      >
        {data.rollouts.length === 0 ? (
          <EmptyNotice icon={<IconArrowRampRight size={18} />} title="No rollout yet">
            A rollout moves a tier, or one operation of it, to a candidate step by step, watches errors,
            latency, cost and refusals of both sides, and takes it back by itself when the candidate is proven
            worse. Until there is one, the catalog serves everything.
          </EmptyNotice>
        ) : (
          <RolloutsTable rollouts={data.rollouts} chosen={chosen} onChoose={(id) => set({ rollout: id })} />
        )}
      </Panel>
      {get('create') === 'rollout' ? (
        <RolloutModal
          tiers={data.tiers}
          wish={{
            tier: get('tier'),
            operation: get('operation'),
            candidate: get('candidate'),
            experiment: get('experiment'),
          }}
          onClose={() => set({ create: null, tier: null, operation: null, candidate: null })}
        />
      ) : null}
    </>
  )
}

/** Under way, or ended and still in force. */
function isShown({ phase, startedAt }: RolloutView): boolean {
  if (!isEnded(phase)) return true
  return phase !== 'retired' && startedAt !== null
}
