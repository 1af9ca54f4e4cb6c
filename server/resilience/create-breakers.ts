import type { Catalog } from '#lib/deployments/catalog'
import { type BreakerPhase, type BreakerSignal, breakerSignals } from '#lib/resilience/breaker-signal'
import { describeBreaker } from '#lib/resilience/describe-breaker'
import { newId } from '#server/access/new-id'
import type { Database } from '#server/db/database'
import { createRowSync } from '#server/jobs/row-sync'
import { admitCall, type OpenAdmission } from '#server/resilience/admit-call'
import { createBreakerRegistry } from '#server/resilience/breaker-registry'
import {
  createBreakerStore,
  type DeploymentTransition,
  type RecordedTransition,
} from '#server/resilience/breaker-store'
import type { Breakers } from '#server/resilience/breakers'
import { createOpenCounts } from '#server/resilience/open-counts'
import { operateBreakers } from '#server/resilience/operate-breakers'
import type { ProbeLeases } from '#server/resilience/probe-leases'
import { settleAdmission, settleFirstToken } from '#server/resilience/settle-admission'
import type { Log } from '#server/telemetry/log'

export interface BreakerOptions {
  catalog: () => Catalog
  db: Pick<Database, 'orm' | 'kind'>
  leases: ProbeLeases
  instanceId: string
  clock: { nowMs: () => number }
  log: Pick<Log, 'info' | 'warn' | 'error'>
  /** A breaker moved, here or elsewhere. */
  onMove: () => void
  /** A breaker of this instance moved by itself or an operator's hand. */
  onTransition: (moved: { deploymentId: string; signal: BreakerSignal; phase: BreakerPhase }) => void
}

/** The circuit breakers of this process; see `Breakers`. */
export function createBreakers(options: BreakerOptions): Breakers {
  const { clock, leases, log } = options
  const { nowMs } = clock
  const store = createBreakerStore(options.db, options.instanceId)
  const opens = createOpenCounts(clock)
  const registry = createBreakerRegistry({
    catalog: options.catalog,
    instanceId: options.instanceId,
    nowMs,
    onTransition,
    onAdopted(deploymentId, signal, state) {
      if (state.phase === 'open') opens.count(deploymentId, signal)
      options.onMove()
    },
  })
  const sync = createRowSync<DeploymentTransition>({
    what: 'breakers',
    async save(transition) {
      const held = await store.save(transition)
      if (held) registry.overrule(held)
    },
    follow: async (withinMs) => registry.adopt(await store.storedWithin(withinMs)),
    shared: options.db.kind === 'postgres',
    log,
  })

  function onTransition(deploymentId: string, transition: RecordedTransition): void {
    const { signal, from, to } = transition
    if (to.phase === 'open') opens.count(deploymentId, signal)
    sync.push({ ...transition, id: newId('brk'), deploymentId })
    const moved = { deployment: deploymentId, signal, from: from.phase, to: to.phase, reason: to.reason }
    log.info(moved, 'a breaker moved')
    options.onTransition({ deploymentId, signal, phase: to.phase })
    options.onMove()
  }

  const parts = { registry, leases, nowMs }
  return {
    blocks: ({ streamed }) => registry.blocks.read(streamed),
    admit: (deploymentId, call) => admitCall(parts, deploymentId, call),
    sawFirstToken: (admission, ms) => settleFirstToken(parts, admission as OpenAdmission, ms),
    settle: (admission, outcome) => settleAdmission(parts, admission as OpenAdmission, outcome),
    ...operateBreakers({ registry, nowMs, flushed: sync.flushed }),
    describe(deploymentId) {
      registry.endIsolations()
      const { breakers } = registry.of(deploymentId)
      return breakerSignals.map((signal) =>
        describeBreaker(breakers[signal], {
          nowMs: nowMs(),
          opensToday: opens.today(deploymentId, signal),
        }),
      )
    },
    async transitions(deploymentId, limit) {
      await sync.flushed().catch(() => undefined)
      return store.transitions(deploymentId, limit)
    },
    async start() {
      registry.restore(await store.load())
      opens.load(await store.opensSince(opens.midnightMs()))
      sync.start()
    },
    close: sync.close,
  }
}
