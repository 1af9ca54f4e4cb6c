'use client'

import Link from 'next/link'
import { useFaults } from '#components/data/use-faults'
import { useNow } from '#components/data/use-now'
import { useStatus } from '#components/data/use-status'
import { faultKinds } from '#components/deployments/fault-kinds'
import { faultTargetWords } from '#components/deployments/fault-targets'
import { Strip } from '#components/ui/strip'
import type { DeploymentView } from '#lib/contracts/deployments'
import classes from './faults.module.css'

/** What goes wrong on purpose should never be mistaken for what does by itself. */
export function FaultsStrip({ deployments }: { deployments: readonly DeploymentView[] }) {
  const { data: status } = useStatus()
  const { data } = useFaults(status !== undefined && status.simulated.length > 0)
  const now = useNow()
  const live = (data ?? []).filter((fault) => fault.expiresAtMs > now)
  if (live.length === 0) return null
  const words = live.map(
    ({ kind, deployment }) => `${faultKinds[kind].label} on ${faultTargetWords(deployment, deployments)}`,
  )
  return (
    <Strip tone="info">
      <span>
        {live.length === 1 ? 'A fault is scripted' : `${live.length} faults are scripted`}: {words.join(', ')}
        .
      </span>
      <Link href="/faults" className={classes.stripLink}>
        See faults
      </Link>
    </Strip>
  )
}
