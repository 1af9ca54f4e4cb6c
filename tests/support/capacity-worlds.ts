import type { CapacityMinute, CapacityObservation } from '#lib/deployments/capacity-observation'
import { type CapacityPlanLine, planCapacity } from '#lib/deployments/capacity-plan'
import { defaultScaling, type ScalingPolicy } from '#lib/deployments/capacity-scaling'

export const minuteMs = 60_000
/** A whole minute. */
export const startMs = Date.UTC(2026, 10, 23, 12)

/** A quiet minute, but for `over`. */
export function aMinute(over: Partial<CapacityMinute> = {}): CapacityMinute {
  return { tokens: 0, requests: 0, rateLimited: 0, ptuUtilization: null, ...over }
}

/** `count` equal minutes. */
export function minutesOf(count: number, over: Partial<CapacityMinute>): CapacityMinute[] {
  return Array.from({ length: count }, () => aMinute(over))
}

/** A deployment of 100 kTPM (600 requests a minute) that was watched for an hour of silence, but for `over`. */
export function anObservation(over: Partial<CapacityObservation> = {}): CapacityObservation {
  return {
    deploymentId: 'we-premium',
    unit: 'kTPM',
    currentUnits: 100,
    tokensPerMinute: 100_000,
    requestsPerMinute: 600,
    sizes: { minimum: 1, step: 1 },
    standbyUnits: null,
    minutes: minutesOf(60, {}),
    lastChange: null,
    applying: null,
    dismissed: null,
    ...over,
  }
}

/** The plan's one line. */
export function planOf(
  observation: CapacityObservation,
  policy: Partial<ScalingPolicy> = {},
  nowMs = startMs,
): CapacityPlanLine {
  const rules = { ...defaultScaling, ...policy }
  const [line] = planCapacity({ observations: [observation], policyOf: () => rules, nowMs })
  if (!line) throw new Error('one observation gives one line')
  return line
}

/** The units a deployment would have if the plan were followed. */
export function unitsAfter(line: CapacityPlanLine): number | null {
  return line.recommendedUnits ?? line.currentUnits
}
