import type { Observation } from '#lib/alerts/observation'
import type { Catalog } from '#lib/deployments/catalog'
import type { Database } from '#server/db/database'
import { readCapacityMinutes } from '#server/deployments/capacity-minutes'
import type { DeploymentGauges } from '#server/deployments/deployment-gauges'

const minuteMs = 60_000

export interface CapacitySight {
  db: Pick<Database, 'pool'>
  catalog: () => Catalog
  gauges: Pick<DeploymentGauges, 'read'>
}

/**
 * How full the deployments are: `capacity.used_ratio` of the last whole minute, over all instances, against the tokens
 * and requests per minute that the catalog states; `capacity.ptu_ratio` as answers to this instance reported it.
 */
export function observeCapacity({ db, catalog, gauges }: CapacitySight) {
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const toMs = Math.floor(nowMs / minuteMs) * minuteMs
    const fromMs = toMs - minuteMs
    const minutes = await readCapacityMinutes(db, { fromMs, toMs })
    return [...catalog().deployments.values()].flatMap(({ id, capacity }) => {
      const traffic = minutes.get(id)?.get(fromMs)
      const { limits, limitsAtMs } = gauges.read(id)
      const seen = (metric: string, value: number, detail: string): Observation => ({
        metric,
        labels: { deployment: id },
        value,
        unit: 'ratio',
        requestIds: [],
        detail,
      })
      const shares = [
        share(traffic?.tokens, capacity?.tokensPerMinute, 'tokens a minute'),
        share(traffic?.requests, capacity?.requestsPerMinute, 'requests a minute'),
      ].flatMap((one) => one ?? [])
      const fullest = shares.toSorted((a, b) => b.ratio - a.ratio)[0]
      const fresh = limits?.utilization != null && nowMs - limitsAtMs < 2 * minuteMs
      return [
        ...(fullest ? [seen('capacity.used_ratio', fullest.ratio, fullest.detail)] : []),
        ...(fresh ? [seen('capacity.ptu_ratio', limits?.utilization ?? 0, 'as its answers report')] : []),
      ]
    })
  }
}

function share(used: number | undefined, limit: number | undefined, unit: string) {
  if (!used || !limit) return null
  return { ratio: used / limit, detail: `${used} of ${limit} ${unit}` }
}
