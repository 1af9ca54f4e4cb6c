import { type CapacityObservation, minuteUtilization } from '#lib/deployments/capacity-observation'
import type { ScalingPolicy } from '#lib/deployments/capacity-scaling'
import { type CapacitySizes, sizeAtLeast, sizeAtMost } from '#lib/deployments/capacity-sizes'

/** A change that the load asks for, before anybody looks at cool-downs. */
export type CapacityWish =
  | { direction: 'up'; cause: 'full'; meanUtilization: number; minutes: number }
  | { direction: 'up'; cause: 'refused'; rateLimited: number; requests: number; minutes: number }
  | { direction: 'down'; cause: 'empty'; peakUtilization: number; minutes: number }

/** A deployment whose size and sizes are known. */
export interface SizedObservation extends CapacityObservation {
  currentUnits: number
  sizes: CapacitySizes
}

const minuteMs = 60_000
/** Fewer refusals than this are no share worth acting on. */
const leastRefusals = 5

/** What the minutes since the last change ask for; null = to stay as it is. */
export function capacityWish(
  observation: CapacityObservation,
  policy: ScalingPolicy,
  nowMs: number,
): CapacityWish | null {
  const evidence = minutesSinceChange(observation, nowMs)
  return (
    growthByLoad(observation, policy, evidence) ??
    growthByRefusals(policy, evidence) ??
    shrinkage(observation, policy, evidence)
  )
}

/** Whole minutes that began after the last change ended: what came before was another size's load. */
export function minutesSinceChange(
  { minutes, lastChange }: CapacityObservation,
  nowMs: number,
): CapacityObservation['minutes'] {
  if (lastChange === null) return minutes
  const endMs = Math.floor(nowMs / minuteMs) * minuteMs
  const whole = Math.max(0, Math.floor((endMs - lastChange.atMs) / minuteMs))
  return whole === 0 ? [] : minutes.slice(-whole)
}

export function minutesOf(ms: number): number {
  return Math.ceil(ms / minuteMs)
}

function growthByLoad(
  observation: CapacityObservation,
  { upAbove, upForMs }: ScalingPolicy,
  evidence: CapacityObservation['minutes'],
): CapacityWish | null {
  const minutes = minutesOf(upForMs)
  const shares = knownShares(observation, evidence.slice(-minutes))
  if (shares.length < minutes || shares.some((share) => share <= upAbove)) return null
  const meanUtilization = shares.reduce((sum, share) => sum + share, 0) / minutes
  return { direction: 'up', cause: 'full', meanUtilization, minutes }
}

function growthByRefusals(
  { rateLimitedAbove, upForMs }: ScalingPolicy,
  evidence: CapacityObservation['minutes'],
): CapacityWish | null {
  const minutes = minutesOf(upForMs)
  const recent = evidence.slice(-minutes)
  const rateLimited = recent.reduce((sum, minute) => sum + minute.rateLimited, 0)
  const requests = recent.reduce((sum, minute) => sum + minute.requests, 0)
  if (rateLimited < leastRefusals || rateLimited <= requests * rateLimitedAbove) return null
  return { direction: 'up', cause: 'refused', rateLimited, requests, minutes }
}

function shrinkage(
  observation: CapacityObservation,
  { downBelow, downForMs }: ScalingPolicy,
  evidence: CapacityObservation['minutes'],
): CapacityWish | null {
  const minutes = minutesOf(downForMs)
  const watched = evidence.slice(-minutes)
  const shares = knownShares(observation, watched)
  if (shares.length < minutes || shares.some((share) => share >= downBelow)) return null
  if (watched.some(({ rateLimited }) => rateLimited > 0)) return null
  return { direction: 'down', cause: 'empty', peakUtilization: Math.max(...shares), minutes }
}

function knownShares(observation: CapacityObservation, minutes: CapacityObservation['minutes']): number[] {
  return minutes.map((minute) => minuteUtilization(observation, minute)).filter((share) => share !== null)
}

/** The smallest and the largest size that the rules allow. */
export function capacityBounds(
  { sizes, standbyUnits }: SizedObservation,
  { minUnits, maxUnits }: ScalingPolicy,
): { lowest: number; highest: number } {
  return {
    lowest: sizeAtLeast(minUnits ?? standbyUnits ?? sizes.minimum, sizes),
    highest: sizeAtMost(maxUnits ?? 1_000_000, sizes),
  }
}

/** The size that a wish leads to; null when the bounds, or the load itself, leave no other than the present one. */
export function wishedUnits(
  observation: SizedObservation,
  policy: ScalingPolicy,
  wish: CapacityWish,
): number | null {
  const { currentUnits, sizes } = observation
  const { lowest, highest } = capacityBounds(observation, policy)
  if (lowest > highest) return null
  if (wish.direction === 'up') {
    const stepped = sizeAtLeast(Math.max(currentUnits * (1 + policy.upBy), currentUnits + 1), sizes)
    const units = Math.min(Math.max(stepped, lowest), highest)
    return units > currentUnits ? units : null
  }
  const shrunk = sizeAtLeast(currentUnits * (1 - policy.downBy), sizes)
  const stepped = Math.min(shrunk, sizeAtMost(currentUnits - 1, sizes), highest)
  const units = Math.max(stepped, unitsForPeak(observation, policy, wish.peakUtilization), lowest)
  return units < currentUnits && units <= highest ? units : null
}

/**
 * The smallest size at which the peak of the quiet time fills no more than the middle of the band between `downBelow`
 * and `upAbove`, so that no scale-down is the cause of the next scale-up.
 */
export function unitsForPeak(
  { currentUnits, sizes }: SizedObservation,
  { downBelow, upAbove }: ScalingPolicy,
  peakUtilization: number,
): number {
  return sizeAtLeast((currentUnits * peakUtilization) / ((downBelow + upAbove) / 2), sizes)
}
