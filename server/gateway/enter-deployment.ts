import type { AttemptReason } from '#lib/costs/ledger-record'
import type { Deployment } from '#lib/deployments/catalog'
import { planPriority } from '#lib/resilience/admit-to-bulkhead'
import type { GatewayRun } from '#server/gateway/gateway-run'
import type { Admission } from '#server/resilience/breakers'
import type { BulkheadPlace } from '#server/resilience/bulkheads'

/** A deployment that may be asked now: its breakers let the call through and it has a place. */
export interface Entry {
  deployment: Deployment
  /** Why it is asked. */
  reason: AttemptReason
  /** Null for a call past the breakers. */
  admission: Admission | null
  place: BulkheadPlace
}

type Wish = Pick<Entry, 'deployment' | 'reason'>

/** Asks breakers, then bulkhead; null when either refuses, which the run's walk then knows. Waits for nothing but a lease. */
export async function enterDeployment(run: GatewayRun, wish: Wish): Promise<Entry | null> {
  const { deployment } = wish
  const { breakers, bulkheads } = run.parts
  const admission = await admit(run, deployment.id)
  if (admission === 'refused') return null
  const place = bulkheads.tryEnter(deployment.id)
  if (place) return { ...wish, admission, place }
  if (admission) breakers.settle(admission, { kind: 'cancelled' })
  run.walk.refused.add(deployment.id)
  run.full.push(deployment.id)
  return null
}

/** Gives back what entering took, when the deployment is not asked after all. */
export function leaveDeployment(
  run: GatewayRun,
  { admission, place }: Pick<Entry, 'admission' | 'place'>,
): void {
  place.leave()
  if (admission) run.parts.breakers.settle(admission, { kind: 'cancelled' })
}

/** Waits for a place at a deployment that had none; null when it got none in time, was displaced or left. */
export async function queueForDeployment(run: GatewayRun, wish: Wish): Promise<Entry | null> {
  const { deployment } = wish
  const { bulkheads, clock } = run.parts
  const leftMs = run.deadlineAtMs - clock.monotonicMs()
  const place = await bulkheads.enter(deployment.id, {
    priority: planPriority(run.context.principal.plan),
    maxWaitMs: Math.max(0, Math.min(run.plan.policy.bulkhead.maxWaitMs, leftMs)),
    signal: run.abort.signal,
  })
  if (typeof place === 'string') {
    run.turnedAway = place
    return null
  }
  const admission = await admit(run, deployment.id)
  if (admission !== 'refused') return { ...wish, admission, place }
  place.leave()
  return null
}

async function admit(run: GatewayRun, deploymentId: string): Promise<Admission | null | 'refused'> {
  if (run.pastBreakers) return null
  const asked = run.parts.breakers.admit(deploymentId, {
    streamed: run.streamed,
    requestId: run.context.requestId,
  })
  const admission = asked instanceof Promise ? await asked : asked
  if (admission.admitted) return admission
  run.walk.refused.add(deploymentId)
  run.skipped.set(deploymentId, admission.block)
  return 'refused'
}
