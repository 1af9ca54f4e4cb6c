import { capacityUnit, limitsAt, scalingOf, statedUnits } from '#lib/deployments/capacity-limits'
import type { CapacityMinute, CapacityObservation } from '#lib/deployments/capacity-observation'
import { capacitySizes } from '#lib/deployments/capacity-sizes'
import type { Deployment } from '#lib/deployments/catalog'
import type { Database } from '#server/db/database'
import { type CapacityRecord, noCapacityRecord } from '#server/deployments/capacity-changes'
import { type CapacityTraffic, readCapacityMinutes } from '#server/deployments/capacity-minutes'
import type { CapacityUtilization } from '#server/deployments/capacity-utilization'

const minuteMs = 60_000
/** At least what the console shows. */
const shownMs = 5 * minuteMs

export interface CapacityObserver {
  /** What the plan of these deployments rests on, in their order. */
  observe(given: {
    deployments: readonly Deployment[]
    records: ReadonlyMap<string, CapacityRecord>
    nowMs: number
  }): Promise<CapacityObservation[]>
}

/**
 * Reads the traffic of all instances and adds what this process saw. A deployment counts as watched since its first
 * call in the time looked at, or since this process first knew of it: silence before that says nothing.
 */
export function createCapacityObserver(options: {
  db: Pick<Database, 'pool'>
  utilization: CapacityUtilization
}): CapacityObserver {
  const firstSeenMs = new Map<string, number>()
  return {
    async observe({ deployments, records, nowMs }) {
      const toMs = Math.floor(nowMs / minuteMs) * minuteMs
      const fromMs = toMs - longestLookBackMs(deployments)
      const traffic = await readCapacityMinutes(options.db, { fromMs, toMs })
      return deployments.map((deployment) => {
        const { id } = deployment
        const seenMs = firstSeenMs.get(id) ?? nowMs
        firstSeenMs.set(id, seenMs)
        const own = traffic.get(id) ?? new Map<number, CapacityTraffic>()
        const watchedFromMs = Math.max(fromMs, Math.min(nextMinuteMs(seenMs), ...own.keys()))
        const minutes = minuteStarts(watchedFromMs, toMs).map(
          (startMs): CapacityMinute => ({
            ...(own.get(startMs) ?? { tokens: 0, requests: 0, rateLimited: 0 }),
            ptuUtilization: options.utilization.at(id, startMs),
          }),
        )
        return toObservation(deployment, records.get(id) ?? noCapacityRecord, minutes)
      })
    },
  }
}

/** The size a deployment has: what was applied last, unless the catalog says something else since. */
export function presentUnits(deployment: Deployment, { applied }: CapacityRecord): number | null {
  const stated = statedUnits(deployment)
  const applies = applied?.catalogUnits === stated && applied.unit === capacityUnit(deployment)
  return applies ? applied.toUnits : stated
}

function toObservation(
  deployment: Deployment,
  record: CapacityRecord,
  minutes: readonly CapacityMinute[],
): CapacityObservation {
  const { id, model, regionRole } = deployment
  const { applying, applied, dismissed } = record
  const { sku, unitStep } = scalingOf(deployment)
  const unit = capacityUnit(deployment)
  const currentUnits = presentUnits(deployment, record)
  return {
    deploymentId: id,
    unit,
    currentUnits,
    ...limitsAt(deployment, currentUnits),
    sizes: capacitySizes({ model, unit, sku, unitStep }),
    standbyUnits: regionRole === 'dr' ? statedUnits(deployment) : null,
    minutes,
    lastChange: applied?.finishedAt ? { atMs: applied.finishedAt.getTime() } : null,
    applying,
    dismissed: dismissed?.finishedAt
      ? { direction: dismissed.direction, atMs: dismissed.finishedAt.getTime() }
      : null,
  }
}

function longestLookBackMs(deployments: readonly Deployment[]): number {
  const spans = deployments.flatMap((deployment) => {
    const { upForMs, downForMs } = scalingOf(deployment)
    return [upForMs, downForMs]
  })
  return Math.ceil(Math.max(shownMs, ...spans) / minuteMs) * minuteMs
}

function nextMinuteMs(atMs: number): number {
  return Math.ceil(atMs / minuteMs) * minuteMs
}

function minuteStarts(fromMs: number, toMs: number): number[] {
  const count = Math.max(0, Math.round((toMs - fromMs) / minuteMs))
  return Array.from({ length: count }, (_, index) => fromMs + index * minuteMs)
}
