'use client'

import { Button } from '@mantine/core'
import { useClearFault, useFaults } from '#components/data/use-faults'
import { useNow } from '#components/data/use-now'
import { useStatus } from '#components/data/use-status'
import { faultKinds } from '#components/deployments/fault-kinds'
import { formatSpan } from '#components/ui/format-duration'
import { formatRatio } from '#components/ui/format-number'
import { notifyFailed } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { RoleGuard } from '#components/ui/role-guard'
import { StateTag } from '#components/ui/state-tag'
import type { SimulatorFault } from '#lib/contracts/simulator'
import classes from './deployments.module.css'

/** Faults that are scripted now: what goes wrong on purpose should never be mistaken for what does by itself. */
export function ActiveFaults() {
  const { data: status } = useStatus()
  const { data } = useFaults(status !== undefined && status.simulated.length > 0)
  const now = useNow()
  const live = (data ?? []).filter((fault) => fault.expiresAtMs > now)
  if (live.length === 0) return null
  return (
    <Panel title="Scripted faults" hint="going wrong on purpose" flush>
      <ul className={classes.faults}>
        {live.map((fault) => (
          <FaultItem key={fault.deployment} fault={fault} nowMs={now} />
        ))}
      </ul>
    </Panel>
  )
}

function FaultItem({ fault, nowMs }: { fault: SimulatorFault; nowMs: number }) {
  const clear = useClearFault()
  const { label, effect } = faultKinds[fault.kind]
  const share = fault.probability ?? 1
  const remove = () =>
    clear.mutate(fault.deployment, {
      onError: (error) => notifyFailed('The fault could not be cleared', error),
    })
  return (
    <li className={classes.fault}>
      <StateTag tone="info">{label}</StateTag>
      <strong>{fault.deployment}</strong>
      <span className={classes.soft}>
        {effect}
        {share < 1 ? ` Hits ${formatRatio(share)} of requests.` : ''}
      </span>
      <span className={classes.faultTime}>{formatSpan(fault.expiresAtMs - nowMs + 999)} left</span>
      <RoleGuard needs="admin">
        {(disabled) => (
          <Button
            size="compact-xs"
            variant="default"
            disabled={disabled}
            loading={clear.isPending}
            onClick={remove}
            aria-label={`Clear fault on ${fault.deployment}`}
          >
            Clear
          </Button>
        )}
      </RoleGuard>
    </li>
  )
}
