import type { ShadowPlan } from '#lib/traffic/shadow-plan'

/** Steps in order; deployments within a step are equals. */
export type TrafficChain = readonly (readonly string[])[]

/** Which requests a switch moves. An operation is the caller's word for what a request is for, `chat` or `embeddings` without one. */
export type SwitchScope =
  | { kind: 'all' }
  | { kind: 'tier'; tier: string }
  /** `tier` null = the operation in every tier. */
  | { kind: 'operation'; tier: string | null; operation: string }

/** An operator's word that requests go back to the legacy providers until it is taken back. */
export interface TrafficSwitch {
  /** `tsw_…` */
  id: string
  scope: SwitchScope
  sinceMs: number
}

/** Part of a tier's traffic, or of one operation of it, that goes to a candidate while the rest stays at the baseline. */
export interface TrafficShare {
  /** `rol_…` */
  rolloutId: string
  tier: string
  /** Null = every operation of the tier that has no share of its own. */
  operation: string | null
  /** Stays the same for the rollout's whole life, so that raising the weight moves nobody back. */
  salt: string
  /** `legacy` = the tier's legacy chain. */
  baseline: 'legacy' | TrafficChain
  /** Null = the tier's own chain. */
  candidate: TrafficChain | null
  /** Share of the units that go to the candidate, 0–10,000. */
  candidateWeightBps: number
  /** The stay at the present step: what is counted is counted for it. */
  visit: number
  /** Conversations of the step before, which keep the side they began on; null when there are none. */
  carried: CarriedUnits | null
  /** Somebody still looks at what both sides do. */
  watched: boolean
  /** What is mirrored to the candidate at a shadow step; null = nothing. */
  shadow: ShadowPlan | null
}

/** Units that do not follow a share that has just grown. */
export interface CarriedUnits {
  visit: number
  weightBps: number
  /** By `unitKey`. */
  sides: ReadonlyMap<string, 'baseline' | 'candidate'>
}

/** Where traffic is meant to go beside the catalog: taken at one moment, never changed. */
export interface TrafficConfig {
  /** The configuration version that it stands for. */
  version: number
  switches: readonly TrafficSwitch[]
  shares: readonly TrafficShare[]
}

/** All traffic goes to the catalog. */
export const catalogTraffic: TrafficConfig = { version: 0, switches: [], shares: [] }

/** A scope as a person reads it, e.g. `operation reply of tier premium`. */
export function describeScope(scope: SwitchScope): string {
  if (scope.kind === 'all') return 'all traffic'
  if (scope.kind === 'tier') return `tier ${scope.tier}`
  return `operation ${scope.operation} of ${scope.tier === null ? 'every tier' : `tier ${scope.tier}`}`
}

/** Do both hold exactly the same requests? */
export function isSameScope(a: SwitchScope, b: SwitchScope): boolean {
  if (a.kind === 'tier' && b.kind === 'tier') return a.tier === b.tier
  if (a.kind === 'operation' && b.kind === 'operation')
    return a.operation === b.operation && a.tier === b.tier
  return a.kind === 'all' && b.kind === 'all'
}
