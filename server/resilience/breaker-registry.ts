import type { Catalog } from '#lib/deployments/catalog'
import { type Breaker, createBreaker, move } from '#lib/resilience/breaker'
import { type BreakerSignal, breakerSignals } from '#lib/resilience/breaker-signal'
import { type BreakerState, closeBreaker } from '#lib/resilience/breaker-state'
import { deploymentPolicy } from '#lib/resilience/deployment-policy'
import { type BlockList, createBlockList } from '#server/resilience/block-list'
import type { RecordedTransition, StoredBreaker } from '#server/resilience/breaker-store'

export type BreakerEpochs = Readonly<Record<BreakerSignal, number>>

/** The breakers of one deployment. */
export interface DeploymentBreakers {
  id: string
  breakers: Readonly<Record<BreakerSignal, Breaker>>
  /** A first token later than this, in milliseconds, is a bad call. */
  slowMs: number
  /** All are closed: the way of almost every call. */
  calm: boolean
  epochs: BreakerEpochs
}

/** All breakers of this process, in memory. */
export interface BreakerRegistry {
  of(deploymentId: string): DeploymentBreakers
  blocks: BlockList
  /** Notes that a breaker moved, and tells. */
  record(entry: DeploymentBreakers, transition: RecordedTransition | null): void
  /** Takes states of other instances that went further. */
  adopt(stored: readonly StoredBreaker[]): void
  /** Takes what holds for all instances instead of a move of this one that came too late. */
  overrule(held: StoredBreaker): void
  /** Takes stored states as they are, at start. */
  restore(stored: readonly StoredBreaker[]): void
  /** Ends isolations whose time is over. */
  endIsolations(): void
}

export interface BreakerRegistryOptions {
  catalog: () => Catalog
  instanceId: string
  nowMs: () => number
  onTransition: (deploymentId: string, transition: RecordedTransition) => void
  onAdopted: (deploymentId: string, signal: BreakerSignal, state: BreakerState) => void
}

export function createBreakerRegistry(options: BreakerRegistryOptions): BreakerRegistry {
  const { nowMs } = options
  const all = new Map<string, DeploymentBreakers>()
  let policiesOf: Catalog | null = null
  const blocks = createBlockList({
    nowMs,
    unwell: () => [...all.values()].filter(({ calm }) => !calm),
    beforeLook: endIsolations,
  })

  function of(id: string): DeploymentBreakers {
    if (policiesOf !== options.catalog()) followCatalog()
    const known = all.get(id)
    if (known) return known
    const fresh = freshBreakers(options.catalog(), id)
    all.set(id, fresh)
    return fresh
  }

  /** A changed catalog may state other policies: states stay, windows begin anew. */
  function followCatalog(): void {
    policiesOf = options.catalog()
    const before = [...all.values()]
    all.clear()
    for (const { id, breakers } of before) {
      const entry = of(id)
      for (const signal of breakerSignals) {
        entry.breakers[signal].state = breakers[signal].state
        entry.breakers[signal].probing = breakers[signal].probing
      }
      refresh(entry)
    }
  }

  function refresh(entry: DeploymentBreakers): void {
    entry.calm = breakerSignals.every((signal) => entry.breakers[signal].state.phase === 'closed')
    entry.epochs = epochsOf(entry.breakers)
    blocks.changed()
  }

  function record(entry: DeploymentBreakers, transition: RecordedTransition | null): void {
    if (!transition) return
    refresh(entry)
    options.onTransition(entry.id, transition)
  }

  function endIsolations(): void {
    const now = nowMs()
    for (const entry of all.values()) {
      const { health } = entry.breakers
      const until = health.state.phase === 'isolated' ? health.state.isolatedUntilMs : null
      if (until === null || until > now) continue
      const reason = 'the time of its isolation was over'
      record(entry, move(health, closeBreaker(health.state, { nowMs: now, reason })))
    }
  }

  function take({ deploymentId, signal, state }: StoredBreaker): void {
    const entry = of(deploymentId)
    move(entry.breakers[signal], state)
    refresh(entry)
    options.onAdopted(deploymentId, signal, state)
  }

  return {
    of,
    blocks,
    record,
    endIsolations,
    adopt(stored) {
      for (const one of stored) {
        const { state: ours } = of(one.deploymentId).breakers[one.signal]
        const isOurs = one.instanceId === options.instanceId && one.state.epoch === ours.epoch
        if (!isOurs && isFurther(one.state, ours)) take(one)
      }
    },
    overrule: take,
    restore(stored) {
      for (const { deploymentId, signal, state } of stored) {
        const entry = of(deploymentId)
        entry.breakers[signal].state = state
        refresh(entry)
      }
    },
  }
}

function freshBreakers(catalog: Catalog, id: string): DeploymentBreakers {
  const { policy, ttftMs } = deploymentPolicy(catalog, id)
  const breakers = {
    health: createBreaker('health', policy.breaker),
    latency: createBreaker('latency', policy.latencyBreaker),
    configuration: createBreaker('configuration', policy.breaker),
  }
  const slowMs = policy.latencyBreaker.slowMs ?? ttftMs
  return { id, breakers, slowMs, calm: true, epochs: epochsOf(breakers) }
}

function epochsOf({ health, latency, configuration }: DeploymentBreakers['breakers']): BreakerEpochs {
  return {
    health: health.state.epoch,
    latency: latency.state.epoch,
    configuration: configuration.state.epoch,
  }
}

/** At equal epochs the row that was stored first holds: the other instance's, or it would be ours. */
function isFurther(theirs: BreakerState, ours: BreakerState): boolean {
  if (theirs.epoch !== ours.epoch) return theirs.epoch > ours.epoch
  return theirs.phase !== ours.phase || theirs.changedAtMs !== ours.changedAtMs
}
