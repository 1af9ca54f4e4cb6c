import type { Catalog } from '#lib/deployments/catalog'
import type { RegionHealthPolicy } from '#lib/deployments/region-policy'
import { darkenRegion, type RegionState, servingRegion } from '#lib/deployments/region-state'
import { createRegionWatch, type RegionWatch } from '#lib/deployments/region-watch'
import type { RegionAdmission } from '#lib/gateway/candidate-standing'
import type { Failure } from '#lib/gateway/failure'
import type { RegionChange, StoredRegion } from '#server/deployments/region-store'

export interface KnownRegion {
  name: string
  endpoint: string
  role: 'primary' | 'dr' | 'legacy'
  policy: RegionHealthPolicy
  state: RegionState
  watch: RegionWatch
}

/** All regions of the catalog with their states, in memory. */
export interface RegionRegistry {
  all(): readonly KnownRegion[]
  /** Undefined when the catalog has none of that name. */
  get(name: string): KnownRegion | undefined
  /** Moves a region and tells; nothing on null. */
  move(region: KnownRegion, to: RegionState | null): void
  /** An operator's move, with what is to be written with it. */
  moveByHand(region: KnownRegion, change: Pick<RegionChange, 'to' | 'within'>): void
  /** Takes states of other instances that went further. */
  adopt(stored: readonly StoredRegion[]): void
  /** Takes what holds for all instances instead of a move of this one that came too late. */
  overrule(held: StoredRegion): void
  admissions(): ReadonlyMap<string, RegionAdmission>
  sawAttempt(deploymentId: string, failure: Failure | null): void
}

export interface RegionRegistryOptions {
  catalog: () => Catalog
  instanceId: string
  nowMs: () => number
  onMove: (change: Omit<RegionChange, 'id'>) => void
  onAdopted: () => void
}

const nothing: ReadonlyMap<string, RegionAdmission> = new Map()

export function createRegionRegistry(options: RegionRegistryOptions): RegionRegistry {
  const states = new Map<string, RegionState>()
  let regions = new Map<string, KnownRegion>()
  let regionOf = new Map<string, KnownRegion>()
  let builtOf: Catalog | null = null
  let admissions = nothing

  /** A changed catalog may name other regions and policies; states stay with the names. */
  function current(): Map<string, KnownRegion> {
    const catalog = options.catalog()
    if (builtOf === catalog) return regions
    builtOf = catalog
    regions = new Map(
      catalog.data.regions.map(({ name, endpoint, role, health }) => {
        const size = catalog.data.deployments.filter(({ region }) => region === name).length
        const state = states.get(name) ?? servingRegion
        return [name, { name, endpoint, role, policy: health, state, watch: createRegionWatch(size) }]
      }),
    )
    regionOf = new Map(
      catalog.data.deployments.flatMap(({ id, region }) => {
        const known = regions.get(region)
        return known && known.role !== 'legacy' ? [[id, known] as const] : []
      }),
    )
    refresh()
    return regions
  }

  function refresh(): void {
    const out = [...regions.values()].flatMap(({ name, state }): [string, RegionAdmission][] =>
      state.phase === 'serving'
        ? []
        : [[name, { phase: state.phase, admittedBps: state.admittedBps, reason: state.reason }]],
    )
    admissions = out.length === 0 ? nothing : new Map(out)
  }

  function set(region: KnownRegion, to: RegionState): void {
    region.state = to
    states.set(region.name, to)
    region.watch.clear()
    refresh()
  }

  function moveByHand(region: KnownRegion, { to, within }: Pick<RegionChange, 'to' | 'within'>): void {
    const from = region.state
    set(region, to)
    options.onMove({ region: region.name, from, to, within })
  }

  function move(region: KnownRegion, to: RegionState | null): void {
    if (to) moveByHand(region, { to })
  }

  return {
    all: () => [...current().values()],
    get: (name) => current().get(name),
    move,
    moveByHand,
    adopt(stored) {
      for (const { region: name, state, instanceId } of stored) {
        const region = current().get(name)
        if (!region) states.set(name, state)
        else if (state.epoch > region.state.epoch || isOtherAtTie(state, region.state, instanceId)) {
          set(region, state)
          options.onAdopted()
        }
      }
    },
    overrule({ region: name, state }) {
      const region = current().get(name)
      if (!region) return
      set(region, state)
      options.onAdopted()
    },
    admissions() {
      current()
      return admissions
    },
    sawAttempt(deploymentId, failure) {
      current()
      const region = regionOf.get(deploymentId)
      if (!region) return
      const nowMs = options.nowMs()
      region.watch.saw(deploymentId, failure, nowMs)
      if (failure === null) return
      const reason = region.watch.darkReason(region.policy, nowMs)
      if (reason !== null) move(region, darkenRegion(region.state, { nowMs, reason }))
    },
  }

  /** At equal epochs the row that was stored first holds: the other instance's, or it would be ours. */
  function isOtherAtTie(theirs: RegionState, ours: RegionState, instanceId: string): boolean {
    return (
      theirs.epoch === ours.epoch &&
      instanceId !== options.instanceId &&
      (theirs.phase !== ours.phase || theirs.changedAtMs !== ours.changedAtMs)
    )
  }
}
