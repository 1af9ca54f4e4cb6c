import type { DeploymentGauges } from '#server/deployments/deployment-gauges'

/** The highest utilisation that answers of each deployment reported in each minute, as this process saw them. */
export interface CapacityUtilization {
  /** Looks at the gauges now; an answer counts in the minute in which it is first seen here. */
  sample(deploymentIds: Iterable<string>, nowMs: number): void
  /** Null = no answer reported anything in the minute that began at `minuteMs`. */
  at(deploymentId: string, minuteMs: number): number | null
}

const minuteMs = 60_000
/** As long as the longest look-back of the scaling rules. */
const keptMinutes = 24 * 60

/** Keeps a day of minutes, only of deployments whose answers report a utilisation. */
export function createCapacityUtilization(gauges: Pick<DeploymentGauges, 'read'>): CapacityUtilization {
  const maxima = new Map<string, Map<number, number>>()
  /** What was seen last: the gauges keep one object per answer, so the same one is no news. */
  const seen = new Map<string, unknown>()
  return {
    sample(deploymentIds, nowMs) {
      const minute = Math.floor(nowMs / minuteMs) * minuteMs
      for (const id of deploymentIds) {
        const { limits } = gauges.read(id)
        if (limits === null || limits.utilization === null || seen.get(id) === limits) continue
        seen.set(id, limits)
        const own = maxima.get(id) ?? new Map<number, number>()
        own.set(minute, Math.max(own.get(minute) ?? 0, limits.utilization))
        for (const kept of own.keys()) if (kept < minute - keptMinutes * minuteMs) own.delete(kept)
        maxima.set(id, own)
      }
    },
    at: (id, minute) => maxima.get(id)?.get(minute) ?? null,
  }
}
