import { pickShare } from '#lib/traffic/pick-share'
import type { SwitchScope, TrafficConfig, TrafficShare, TrafficSwitch } from '#lib/traffic/traffic-config'
import { unitKey } from '#lib/traffic/unit-key'

/** A request as far as switches and shares look at it. */
export interface TrafficSubject {
  /** Null when it belongs to none (embeddings). */
  tier: string | null
  operation: string
  /** Whoever stays on one side: the session, else the creator, else the request. */
  unit: string
  /** It named a deployment, which a share would not give it; switches move it all the same. */
  isNamed: boolean
  /** A switch that has moved this request already, in another tier of the same run: it is obeyed here too. */
  switchId: string | null
}

export type TrafficDecision =
  | { kind: 'catalog' }
  | { kind: 'switch'; switchId: string; scope: SwitchScope | null }
  /** `carried`: it keeps the side of a conversation that began at the step before. */
  | { kind: 'share'; share: TrafficShare; arm: 'baseline' | 'candidate'; carried: boolean }

const catalog: TrafficDecision = { kind: 'catalog' }

/**
 * Whether a request goes where the catalog says, back to the legacy providers, or to one side of a share. A switch wins
 * over every share; a share of the operation wins over one of the whole tier.
 */
export function routeTraffic(subject: TrafficSubject, { switches, shares }: TrafficConfig): TrafficDecision {
  if (subject.switchId !== null) return { kind: 'switch', switchId: subject.switchId, scope: null }
  const thrown = switches.length === 0 ? undefined : switches.find(({ scope }) => isInScope(subject, scope))
  if (thrown) return { kind: 'switch', switchId: thrown.id, scope: thrown.scope }
  const share = subject.isNamed || shares.length === 0 ? null : shareOf(subject, shares)
  if (!share) return catalog
  const carried = share.carried?.sides.get(unitKey(share.rolloutId, subject.unit))
  return {
    kind: 'share',
    share,
    arm: carried ?? armOf(share, subject.unit),
    carried: carried !== undefined,
  }
}

/** Does the scope hold the request? */
export function isInScope(
  { tier, operation }: Pick<TrafficSubject, 'tier' | 'operation'>,
  scope: TrafficSwitch['scope'],
): boolean {
  if (scope.kind === 'all') return true
  if (scope.kind === 'tier') return scope.tier === tier
  return scope.operation === operation && (scope.tier === null || scope.tier === tier)
}

function shareOf({ tier, operation }: TrafficSubject, shares: readonly TrafficShare[]): TrafficShare | null {
  let found: TrafficShare | null = null
  for (const share of shares) {
    if (share.tier !== tier) continue
    if (share.operation === operation) return share
    if (share.operation === null) found ??= share
  }
  return found
}

/** The candidate stands first: raising its weight only ever adds units to it. */
function armOf({ salt, candidateWeightBps }: TrafficShare, unit: string): 'baseline' | 'candidate' {
  return pickShare(
    [
      { name: 'candidate', weightBps: candidateWeightBps },
      { name: 'baseline', weightBps: 10_000 - candidateWeightBps },
    ],
    { salt, unit },
  )
}
