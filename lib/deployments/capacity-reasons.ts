import { type CapacityObservation, minuteUtilization } from '#lib/deployments/capacity-observation'
import type { CapacityLoad, CapacityRest } from '#lib/deployments/capacity-plan'
import type { ScalingPolicy } from '#lib/deployments/capacity-scaling'
import {
  type CapacityWish,
  capacityBounds,
  minutesOf,
  minutesSinceChange,
  type SizedObservation,
  unitsForPeak,
} from '#lib/deployments/capacity-wish'

/** Why nothing can be said about a deployment's capacity; null when something can. */
export function unknownReason(
  { deploymentId, currentUnits, unit, sizes, minutes }: CapacityObservation,
  { utilization }: CapacityLoad,
): string | null {
  if (currentUnits === null)
    return `The catalog states no capacity of ${deploymentId}: give it capacity.tokensPerMinute or capacity.ptu.`
  if (sizes === null)
    return `It is not known in which sizes ${deploymentId} comes as PTU: give it scaling.unitStep in the catalog.`
  if (utilization !== null) return null
  if (minutes.length === 0) return 'It has been watched for less than a minute.'
  return unit === 'PTU'
    ? 'It was called, but Azure reported no utilisation of its PTU in the last 5 minutes.'
    : 'Neither tokens nor requests a minute are limited, so its load has no measure.'
}

/** `More than 80 % full in each of the last 5 minutes (93 % on average): …` */
export function changeReason({
  observation,
  policy,
  wish,
  units,
}: {
  observation: SizedObservation
  policy: ScalingPolicy
  wish: CapacityWish
  units: number
}): string {
  const { unit, currentUnits } = observation
  const instead = `${units} ${unit} instead of ${currentUnits}`
  const scale = currentUnits / units
  if (wish.direction === 'down')
    return `${wishWords(policy, wish)}: ${instead} would be at most ${percent(wish.peakUtilization * scale)} full.`
  if (wish.cause === 'refused') return `${wishWords(policy, wish)}: ${instead} gives them room.`
  return `${wishWords(policy, wish)}: ${instead} would be ${percent(wish.meanUtilization * scale)} full.`
}

/** Why the load asks for a change and the bounds allow none. */
export function stuckReason(
  observation: SizedObservation,
  policy: ScalingPolicy,
  wish: CapacityWish,
): string {
  const { unit, currentUnits } = observation
  const { lowest, highest } = capacityBounds(observation, policy)
  const words = wishWords(policy, wish)
  if (wish.direction === 'up')
    return `${words}, but ${highest} ${unit} is the most it may have (scaling.maxUnits); it has ${currentUnits}.`
  if (lowest < currentUnits && unitsForPeak(observation, policy, wish.peakUtilization) >= currentUnits)
    return `${words}, but the next smaller size would be too full too soon; it keeps its ${currentUnits} ${unit}.`
  const bound = standsBy(observation, policy)
    ? `it stands by with ${currentUnits} ${unit} for another region’s traffic`
    : `${lowest} ${unit} is the least it may have`
  return `${words}, but ${bound}.`
}

/** Why a wish waits. */
export function coolingReason(policy: ScalingPolicy, wish: CapacityWish, rest: CapacityRest): string {
  const what = wish.direction === 'up' ? 'grows' : 'shrinks'
  const until = `${new Date(rest.untilMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const cause =
    rest.cause === 'changed' ? 'its capacity was just changed' : 'the same was just dismissed by an operator'
  return `${wishWords(policy, wish)}, but ${cause}: it ${what} no sooner than ${until}.`
}

/** Why it stays as it is, and how far it is from a change. */
export function keepReason({
  observation,
  policy,
  load,
  nowMs,
}: {
  observation: SizedObservation
  policy: ScalingPolicy
  load: CapacityLoad
  nowMs: number
}): string {
  const { currentUnits, unit } = observation
  const utilization = load.utilization ?? 0
  const now = `${percent(utilization)} of ${currentUnits} ${unit} over the last 5 minutes`
  const since = minutesSinceChange(observation, nowMs)
  if (utilization > policy.upAbove) {
    const wanted = minutesOf(policy.upForMs)
    const over = longestTail(observation, since, (share) => share > policy.upAbove)
    return `${now}: more than ${percent(policy.upAbove)} for ${over} of the ${count(wanted, 'minute')} after which it grows.`
  }
  if (utilization >= policy.downBelow)
    return `${now}: between ${percent(policy.downBelow)} and ${percent(policy.upAbove)}, so it fits.`
  const wanted = minutesOf(policy.downForMs)
  const refused = since.slice(-wanted).reduce((sum, minute) => sum + minute.rateLimited, 0)
  if (refused > 0)
    return `${now}, but ${count(refused, 'call')} of the last ${count(wanted, 'minute')} met its rate limit, so it keeps its size.`
  const under = longestTail(observation, since, (share) => share < policy.downBelow)
  return `${now}: less than ${percent(policy.downBelow)} for ${under} of the ${count(wanted, 'minute')} after which it shrinks.`
}

function standsBy({ standbyUnits }: SizedObservation, { minUnits }: ScalingPolicy): boolean {
  return standbyUnits !== null && minUnits === null
}

function wishWords(policy: ScalingPolicy, wish: CapacityWish): string {
  const span = `the last ${count(wish.minutes, 'minute')}`
  if (wish.direction === 'down')
    return `Less than ${percent(policy.downBelow)} full in each of ${span} (at most ${percent(wish.peakUtilization)})`
  if (wish.cause === 'full')
    return `More than ${percent(policy.upAbove)} full in each of ${span} (${percent(wish.meanUtilization)} on average)`
  const share = percent(wish.rateLimited / Math.max(1, wish.requests))
  return `${wish.rateLimited} of ${count(wish.requests, 'call')} (${share}) met its rate limit in ${span}`
}

/** Minutes up to now, without a break, that are as asked. */
function longestTail(
  observation: CapacityObservation,
  minutes: CapacityObservation['minutes'],
  matches: (share: number) => boolean,
): number {
  const firstOther = minutes.findLastIndex((minute) => {
    const share = minuteUtilization(observation, minute)
    return share === null || !matches(share)
  })
  return minutes.length - 1 - firstOther
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`
}

/** Whole per cent, with a decimal where a whole number would say nothing. */
function percent(share: number): string {
  const value = share * 100
  return `${value > 0 && value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`
}
