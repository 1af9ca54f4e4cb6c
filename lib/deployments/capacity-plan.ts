import type { CapacityLineView } from '#lib/contracts/capacity'
import { average, averageUtilization, type CapacityObservation } from '#lib/deployments/capacity-observation'
import {
  changeReason,
  coolingReason,
  keepReason,
  stuckReason,
  unknownReason,
} from '#lib/deployments/capacity-reasons'
import type { ScalingPolicy } from '#lib/deployments/capacity-scaling'
import {
  type CapacityWish,
  capacityWish,
  minutesSinceChange,
  type SizedObservation,
  wishedUnits,
} from '#lib/deployments/capacity-wish'

/** A line of the plan: what the rules say, before anybody asks whether it can be applied. */
export type CapacityPlanLine = Omit<CapacityLineView, 'applicable' | 'applyHint' | 'change'>

type Judgement = Pick<CapacityPlanLine, 'verdict' | 'reason' | 'recommendedUnits' | 'coolDownUntil'>

const shownMinutes = 5

/**
 * What each deployment's capacity should become, in the order of the observations. A recommendation lies within the
 * policy's bounds, is a size the deployment comes in, keeps the cool-downs, and where the capacity or the load is not
 * known there is none.
 */
export function planCapacity(given: {
  observations: readonly CapacityObservation[]
  policyOf: (deploymentId: string) => ScalingPolicy
  nowMs: number
}): CapacityPlanLine[] {
  return given.observations.map((observation) => {
    const { deploymentId, unit, currentUnits } = observation
    const load = measure(observation, given.nowMs)
    const judgement = judge({ ...given, observation, policy: given.policyOf(deploymentId), load })
    return { deploymentId, unit, currentUnits, ...load, ...judgement }
  })
}

export type CapacityLoad = Pick<
  CapacityPlanLine,
  'tokensPerMinute' | 'requestsPerMinute' | 'utilization' | 'headroom'
>

/** Over the last five minutes; what Azure reported before the last change was of another size. */
function measure(observation: CapacityObservation, nowMs: number): CapacityLoad {
  const shown = observation.minutes.slice(-shownMinutes)
  const since = minutesSinceChange(observation, nowMs).length
  const current = shown.map((minute, index) =>
    shown.length - index > since ? { ...minute, ptuUtilization: null } : minute,
  )
  const utilization = averageUtilization(observation, current)
  return {
    tokensPerMinute: average(shown.map(({ tokens }) => tokens)),
    requestsPerMinute: average(shown.map(({ requests }) => requests)),
    utilization,
    headroom: utilization === null ? null : Math.max(0, 1 - utilization),
  }
}

interface Case {
  observation: CapacityObservation
  policy: ScalingPolicy
  load: CapacityLoad
  nowMs: number
}

function judge(given: Case): Judgement {
  const { observation, policy, load, nowMs } = given
  const unknown = unknownReason(observation, load)
  if (unknown !== null || !isSized(observation)) return stay('unknown', unknown ?? '')
  if (observation.applying !== null) return stay('cooling_down', applyingReason(observation))
  const wish = capacityWish(observation, policy, nowMs)
  if (wish === null) return stay('keep', keepReason({ observation, policy, load, nowMs }))
  const units = wishedUnits(observation, policy, wish)
  if (units === null) return stay('keep', stuckReason(observation, policy, wish))
  const rest = coolDown(observation, policy, wish)
  if (rest !== null && nowMs < rest.untilMs) {
    const coolDownUntil = new Date(rest.untilMs).toISOString()
    return { ...stay('cooling_down', coolingReason(policy, wish, rest)), coolDownUntil }
  }
  return {
    verdict: wish.direction === 'up' ? 'scale_up' : 'scale_down',
    reason: changeReason({ observation, policy, wish, units }),
    recommendedUnits: units,
    coolDownUntil: null,
  }
}

function stay(verdict: Judgement['verdict'], reason: string): Judgement {
  return { verdict, reason, recommendedUnits: null, coolDownUntil: null }
}

function isSized(observation: CapacityObservation): observation is SizedObservation {
  return observation.currentUnits !== null && observation.sizes !== null
}

function applyingReason({ applying, unit }: CapacityObservation): string {
  return `The change from ${applying?.fromUnits} to ${applying?.toUnits} ${unit} is under way.`
}

/** Why a wish has to wait, and until when. */
export interface CapacityRest {
  cause: 'changed' | 'dismissed'
  untilMs: number
}

/** A change rests everything; a dismissal rests the same direction. Null when nothing was changed or dismissed. */
function coolDown(
  { lastChange, dismissed }: CapacityObservation,
  policy: ScalingPolicy,
  { direction }: CapacityWish,
): CapacityRest | null {
  const restMs = direction === 'up' ? policy.upCoolDownMs : policy.downCoolDownMs
  const rests: CapacityRest[] = []
  if (lastChange) rests.push({ cause: 'changed', untilMs: lastChange.atMs + restMs })
  if (dismissed?.direction === direction) rests.push({ cause: 'dismissed', untilMs: dismissed.atMs + restMs })
  return rests.sort((a, b) => b.untilMs - a.untilMs)[0] ?? null
}
