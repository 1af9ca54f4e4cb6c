'use client'

import { Skeleton } from '@mantine/core'
import { IconMoodCheck } from '@tabler/icons-react'
import { useClearFault, useFaults } from '#components/data/use-faults'
import { useNow } from '#components/data/use-now'
import { FaultEffects } from '#components/deployments/fault-effects'
import { faultKinds } from '#components/deployments/fault-kinds'
import { faultTargetWords } from '#components/deployments/fault-targets'
import { EmptyNotice } from '#components/ui/empty-notice'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCountdown } from '#components/ui/format-duration'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyFailed } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { StateTag } from '#components/ui/state-tag'
import type { DeploymentView } from '#lib/contracts/deployments'
import type { SimulatorFault } from '#lib/contracts/simulator'
import classes from './faults.module.css'

/** Faults that are live, each beside what it causes. */
export function ActiveFaults({ deployments }: { deployments: readonly DeploymentView[] }) {
  const { data, error, refetch } = useFaults(true)
  const now = useNow()
  const live = data?.filter((fault) => fault.expiresAtMs > now)
  return (
    <Panel title="Active faults" hint="and what they cause; shares over the last two minutes" flush>
      {!live && error ? <ErrorNotice what="The faults" error={error} onRetry={() => void refetch()} /> : null}
      {!live && !error ? (
        <Skeleton height={160} role="status" aria-label="Loading the active faults" />
      ) : null}
      {live?.length === 0 ? (
        <EmptyNotice icon={<IconMoodCheck size={18} />} title="Nothing goes wrong on purpose">
          A fault that is scripted shows here until it ends, with the state, the failing calls and the share
          of requests of every deployment it hits.
        </EmptyNotice>
      ) : null}
      {live && live.length > 0 ? (
        <ul className={classes.faults}>
          {live.map((fault) => (
            <FaultItem key={fault.deployment} fault={fault} deployments={deployments} nowMs={now} />
          ))}
        </ul>
      ) : null}
    </Panel>
  )
}

interface FaultItemProps {
  fault: SimulatorFault
  deployments: readonly DeploymentView[]
  nowMs: number
}

function FaultItem({ fault, deployments, nowMs }: FaultItemProps) {
  const { label, effect } = faultKinds[fault.kind]
  const words = faultTargetWords(fault.deployment, deployments)
  return (
    <li className={classes.fault}>
      <div className={classes.line}>
        <StateTag tone="info">{label}</StateTag>
        <strong>{words}</strong>
        {words === fault.deployment ? null : <code className={classes.target}>{fault.deployment}</code>}
        <span className={classes.left}>{formatCountdown(fault.expiresAtMs - nowMs)} left</span>
        <ClearButton target={fault.deployment} words={words} />
      </div>
      <p className={classes.effect}>
        {effect} {hits(fault)}
      </p>
      <FaultEffects target={fault.deployment} deployments={deployments} />
    </li>
  )
}

function ClearButton({ target, words }: { target: string; words: string }) {
  const clear = useClearFault()
  const remove = () =>
    clear.mutate(target, { onError: (error) => notifyFailed('The fault could not be cleared', error) })
  return (
    <GuardedButton
      needs="admin"
      size="compact-xs"
      variant="default"
      loading={clear.isPending}
      onClick={remove}
      aria-label={`Clear fault on ${words}`}
    >
      Clear
    </GuardedButton>
  )
}

function hits({ probability = 1, count }: SimulatorFault): string {
  const share = probability < 1 ? `Hits ${formatRatio(probability)} of requests.` : 'Hits every request.'
  return count === undefined ? share : `${share} ${formatCount(count)} hits left.`
}
