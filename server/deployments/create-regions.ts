import { changedFields } from '#lib/audit/changed-fields'
import type { RegionView } from '#lib/contracts/regions'
import type { Catalog } from '#lib/deployments/catalog'
import {
  failBackRegion,
  failOverRegion,
  freezeRegion,
  nextStepAtMs,
  type RegionMove,
  type RegionState,
} from '#lib/deployments/region-state'
import { newId } from '#server/access/new-id'
import type { Database } from '#server/db/database'
import { createRegionKeeper } from '#server/deployments/region-keeper'
import { createRegionRegistry, type KnownRegion } from '#server/deployments/region-registry'
import { createRegionStore, type RegionChange } from '#server/deployments/region-store'
import type { RegionAction, Regions } from '#server/deployments/regions'
import { AppError } from '#server/http/app-error'
import { createJobLease } from '#server/jobs/job-lease'
import { createRowSync } from '#server/jobs/row-sync'
import type { Log } from '#server/telemetry/log'

export interface RegionOptions {
  catalog: () => Catalog
  db: Pick<Database, 'orm' | 'pool' | 'kind'>
  instanceId: string
  clock: { nowMs: () => number }
  log: Pick<Log, 'info' | 'warn' | 'error'>
  /** A region changed, here or elsewhere. */
  onMove: () => void
}

const leaseMs = 5_000

/** Health and fail-over of the catalog's regions; see `Regions`. */
export function createRegions(options: RegionOptions): Regions {
  const { db, instanceId, log } = options
  const { nowMs } = options.clock
  const store = createRegionStore(db, instanceId)
  const registry = createRegionRegistry({
    catalog: options.catalog,
    instanceId,
    nowMs,
    onMove(change) {
      sync.push({ id: newId('rgt'), ...change })
      told(change)
    },
    onAdopted() {
      keeper.wake()
      options.onMove()
    },
  })
  const sync = createRowSync<RegionChange>({
    what: 'regions',
    async save(change) {
      const held = await store.save(change)
      if (held) registry.overrule(held)
    },
    follow: async (withinMs) => registry.adopt(await store.storedWithin(withinMs)),
    shared: db.kind === 'postgres',
    log,
  })
  const lease = createJobLease({ db, name: 'regions', holder: instanceId, forMs: leaseMs })
  const keeper = createRegionKeeper({ registry, lease, nowMs })

  function told({ region, from, to }: Omit<RegionChange, 'id'>): void {
    if (to.changedAtMs !== from.changedAtMs) {
      const { phase, admittedBps, reason } = to
      log.info({ region, from: from.phase, to: phase, admittedBps, reason }, 'a region moved')
    }
    keeper.wake()
    options.onMove()
  }

  async function operate(
    { region: name, actorId, reason, along }: RegionAction,
    change: (region: KnownRegion, move: RegionMove) => RegionState,
  ): Promise<void> {
    const region = requireRegion(registry.get(name), name)
    const to = change(region, { nowMs: nowMs(), reason, actorId })
    const standings = changedFields({ before: standing(region.state), after: standing(to) })
    registry.moveByHand(region, { to, within: along && ((tx) => along(tx, standings)) })
    await sync.flushed()
  }

  return {
    admissions: registry.admissions,
    sawAttempt: registry.sawAttempt,
    failOver: (action) =>
      operate(action, (region, move) => {
        if (region.state.phase === 'failed_over') throw conflict(`${region.name} is failed over already.`)
        return failOverRegion(region.state, move)
      }),
    failBack: (action) =>
      operate(action, (region, move) => {
        if (region.state.phase === 'serving') throw conflict(`${region.name} serves already.`)
        return failBackRegion(region.state, region.policy, move)
      }),
    freeze: (action) =>
      operate(action, (region, move) => {
        if (region.state.frozen) throw conflict(`${region.name} is frozen already.`)
        return freezeRegion(region.state, true, move)
      }),
    unfreeze: (action) =>
      operate(action, (region, move) => {
        if (!region.state.frozen) throw conflict(`${region.name} is not frozen.`)
        return freezeRegion(region.state, false, move)
      }),
    describe: () => registry.all().map(toView),
    async transitions(name, limit) {
      requireRegion(registry.get(name), name)
      await sync.flushed().catch(() => undefined)
      return store.transitions(name, limit)
    },
    async start() {
      registry.adopt(await store.load())
      sync.start()
      keeper.wake()
    },
    async close() {
      await keeper.close()
      await sync.close()
    },
  }
}

function requireRegion(region: KnownRegion | undefined, name: string): KnownRegion {
  if (region && region.role !== 'legacy') return region
  throw new AppError('not_found', { message: `The catalog has no Azure region "${name.slice(0, 100)}".` })
}

/** What the audit log keeps of a region. */
function standing({ phase, admittedBps, frozen }: RegionState) {
  return { phase, admittedBps, frozen }
}

function conflict(message: string): AppError {
  return new AppError('conflict', { message })
}

function toView({ name, role, state, policy }: KnownRegion): RegionView {
  const { phase, admittedBps, frozen, reason, actorId } = state
  return {
    name,
    role,
    phase,
    admittedBps,
    frozen,
    reason,
    since: instant(state.changedAtMs === 0 ? null : state.changedAtMs),
    healthySince: instant(state.healthySinceMs),
    nextStepAt: instant(nextStepAtMs(state, policy)),
    actorId,
  }
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
