import type { TrafficConfig } from '#lib/traffic/traffic-config'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import { safeCause } from '#server/telemetry/safe-cause'
import { createFeatureCounter, type FeatureCounter } from '#server/traffic/feature-counter'
import type { LookParts } from '#server/traffic/look-at-rollouts'
import { createRolloutCounter, type RolloutCounter } from '#server/traffic/rollout-counter'
import { createRolloutJob, type RolloutJob } from '#server/traffic/rollout-job'
import { createRolloutSync, type RolloutSync } from '#server/traffic/rollout-sync'
import { mirrorRequest } from '#server/traffic/shadow/mirror-request'
import { createMirrors, type Mirrors } from '#server/traffic/shadow/mirrors'

/** Longer than the pause after which every instance writes what it saw. */
const rereadMs = 3_000

/** What the gateway tells: who ended on which side, and what requests use. */
export interface RolloutWatch {
  counter: Pick<RolloutCounter, 'ended'>
  features: Pick<FeatureCounter, 'saw'>
  /** Told of answers, to send a sampled share of the requests to a candidate in the shadow. */
  mirrors: Mirrors
}

/** Rollbacks through this instance, by who wanted them. */
export interface RollbackCounter {
  count(by: 'evaluator' | 'operator'): void
  read(): readonly ['evaluator' | 'operator', number][]
}

function createRollbackCounter(): RollbackCounter {
  const counts = { evaluator: 0, operator: 0 }
  return {
    count(by) {
      counts[by] += 1
    },
    read: () => [
      ['evaluator', counts.evaluator],
      ['operator', counts.operator],
    ],
  }
}

/** The rollouts of a process: `container.rollouts`. */
export interface Rollouts extends RolloutWatch {
  sync: Pick<RolloutSync, 'flush'>
  rollbacks: RollbackCounter
  job: RolloutJob
  /**
   * Takes a new configuration over: what this instance has seen is written first, so that conversations that run keep
   * their side; what other instances write a little later is read once more.
   */
  obey(version: number, reload: (version: number) => Promise<void>): Promise<void>
  close(): Promise<void>
}

export interface RolloutsOptions {
  parts: LookParts & { configuration: ConfigurationWatcher; events: ConsoleEvents }
  /** Where traffic is meant to go, as this instance knows it. */
  traffic(): TrafficConfig
  instanceId: string
  /** Aborts when the process begins to stop. */
  shutdown: AbortSignal
}

/** Wires counting and looking, and starts the job. */
export function openRollouts({ parts, traffic, instanceId, shutdown }: RolloutsOptions): Rollouts {
  const wake = { now: () => {} }
  const counter = createRolloutCounter({ nowMs: parts.clock.nowMs, onDirty: () => wake.now() })
  const features = createFeatureCounter(() => wake.now())
  const sync = createRolloutSync({ db: parts.db, counter, features, instanceId, log: parts.log })
  wake.now = sync.wake
  const { db, audit, clock, log } = parts
  const mirroring = { db, pseudonyms: audit.pseudonyms, counter }
  const mirrors = createMirrors({
    counter,
    shutdown,
    clock,
    log,
    mirror: (order, signal) => mirrorRequest(mirroring, order, signal),
  })
  const rollbacks = createRollbackCounter()
  const job = createRolloutJob({
    parts,
    onRollback: () => rollbacks.count('evaluator'),
    flush: sync.flush,
    isNeeded: () => traffic().shares.some(({ watched }) => watched),
    holder: instanceId,
  })
  job.start()
  let later: ReturnType<typeof setTimeout> | null = null
  const failed = (cause: unknown) =>
    parts.log.warn({ cause: safeCause(cause) }, 'running conversations of rollouts cannot be read again')
  return {
    counter,
    features,
    mirrors,
    sync,
    rollbacks,
    job,
    async obey(version, reload) {
      // A failure is told and tried again by the sync itself; it must not keep a change from being obeyed.
      await sync.flush().catch(sync.wake)
      await reload(version)
      if (later) clearTimeout(later)
      if (!traffic().shares.some(({ watched }) => watched)) return
      later = setTimeout(() => void reload(version).catch(failed), rereadMs)
      later.unref()
    },
    async close() {
      if (later) clearTimeout(later)
      await mirrors.close()
      await job.close()
      await sync.close()
    },
  }
}
