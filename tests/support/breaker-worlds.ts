import { parseCatalog } from '#lib/deployments/parse-catalog'
import type { Failure } from '#lib/gateway/failure'
import type { BreakerTransition } from '#lib/resilience/breaker'
import { admitCall, type OpenAdmission } from '#server/resilience/admit-call'
import { createBreakerRegistry } from '#server/resilience/breaker-registry'
import { ownProbeLeases } from '#server/resilience/probe-leases'
import { settleAdmission } from '#server/resilience/settle-admission'

/** Breakers without a database, on a clock that the test moves. */
export interface BreakerWorld {
  clock: { nowMs: number }
  transitions: (BreakerTransition & { deploymentId: string })[]
  admit(id: string, streamed?: boolean): OpenAdmission | null
  end(admission: OpenAdmission, how: 'good' | 'bad' | 'full'): void
  phase(id: string, signal?: 'health' | 'latency' | 'configuration'): string
  isBlocked(id: string): boolean
  retryAtMs(id: string): number | null
}

/** A catalog of one tier over these deployments with this breaker policy. */
export function catalogWith(ids: readonly string[], policy: Record<string, unknown>) {
  const parsed = parseCatalog({
    regions: [{ name: 'one', endpoint: 'https://one.example.com' }],
    deployments: ids.map((id) => ({ id, region: 'one', deployment: id, model: 'gpt-4' })),
    tiers: { t: { chain: [...ids], policy } },
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.catalog
}

export function breakerWorld(ids: readonly string[], breaker: Record<string, unknown> = {}): BreakerWorld {
  const catalog = catalogWith(ids, { breaker })
  const clock = { nowMs: 1_000_000 }
  const nowMs = () => clock.nowMs
  const transitions: BreakerWorld['transitions'] = []
  const registry = createBreakerRegistry({
    catalog: () => catalog,
    instanceId: 'ins_1',
    nowMs,
    onTransition: (deploymentId, transition) => void transitions.push({ ...transition, deploymentId }),
    onAdopted: () => undefined,
  })
  const parts = { registry, leases: ownProbeLeases, nowMs }
  let requests = 0
  return {
    clock,
    transitions,
    admit(id, streamed = false) {
      requests += 1
      const admitted = admitCall(parts, id, { streamed, requestId: `req_${requests}` })
      if (admitted instanceof Promise) throw new Error('nobody shares these leases')
      return admitted.admitted ? (admitted as OpenAdmission) : null
    },
    end(admission, how) {
      settleAdmission(
        parts,
        admission,
        how === 'good' ? success : { kind: 'failure', failure: failures[how] },
      )
    },
    phase: (id, signal = 'health') => registry.of(id).breakers[signal].state.phase,
    isBlocked: (id) => registry.blocks.read(false).has(id),
    retryAtMs: (id) => registry.of(id).breakers.health.state.retryAtMs,
  }
}

const success = { kind: 'success', firstTokenMs: null } as const
const failures: Readonly<Record<'bad' | 'full', Pick<Failure, 'class' | 'breakerSignal'>>> = {
  bad: { class: 'server_error', breakerSignal: 'health' },
  full: { class: 'rate_limited', breakerSignal: null },
}
