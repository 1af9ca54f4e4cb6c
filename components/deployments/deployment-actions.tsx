'use client'

import { Button } from '@mantine/core'
import Link from 'next/link'
import { useState } from 'react'
import { type DeploymentDeed, useTestCall } from '#components/data/use-deployment-deed'
import { DeploymentDeedModal } from '#components/deployments/deployment-deed-modal'
import { faultTargetOf } from '#components/deployments/fault-targets'
import { TestCallResult } from '#components/deployments/test-call-result'
import { GuardedButton } from '#components/ui/guarded-button'
import { RoleGuard } from '#components/ui/role-guard'
import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import classes from './drawer.module.css'

const verbs: Readonly<Record<DeploymentDeed, string>> = {
  isolate: 'Isolate',
  release: 'Release',
  close: 'Close breaker',
  drain: 'Drain',
  undrain: 'Undrain',
}

export interface DeploymentActionsProps {
  view: DeploymentsView
  deployment: DeploymentView
}

/** What an operator can do with a deployment, always in the same order, and what a test call answered. */
export function DeploymentActions({ view, deployment }: DeploymentActionsProps) {
  const [asking, setAsking] = useState<DeploymentDeed | null>(null)
  const test = useTestCall(deployment.id)
  return (
    <section aria-label="Actions">
      <div className={classes.actions}>
        {deedsOf(deployment).map((deed) => (
          <RoleGuard key={deed} needs="operator">
            {(disabled) => (
              <Button variant="default" disabled={disabled} onClick={() => setAsking(deed)}>
                {verbs[deed]}
              </Button>
            )}
          </RoleGuard>
        ))}
        <GuardedButton
          needs="operator"
          variant="default"
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          Test call
        </GuardedButton>
        {deployment.simulated ? (
          <Button
            variant="subtle"
            component={Link}
            href={`/faults?target=${encodeURIComponent(faultTargetOf(deployment))}`}
            className={classes.pushed}
          >
            Script a fault
          </Button>
        ) : null}
      </div>
      <TestCallResult test={test} />
      <DeploymentDeedModal
        view={view}
        deployment={deployment}
        deed={asking}
        onClose={() => setAsking(null)}
      />
    </section>
  )
}

function deedsOf({ state, drained, breakers }: DeploymentView): readonly DeploymentDeed[] {
  const isTripped = breakers.some(({ phase }) => phase === 'open' || phase === 'half_open')
  return [
    state === 'isolated' ? 'release' : 'isolate',
    ...(isTripped ? (['close'] as const) : []),
    drained ? 'undrain' : 'drain',
  ]
}
