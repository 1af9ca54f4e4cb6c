import { errorRatio, groupRows, signalQuantile, sumTraffic } from '#lib/telemetry/traffic-totals'
import type { Database } from '#server/db/database'
import { readLatencies, readTraffic } from '#server/telemetry/read-rollups'

/** A deployment's last quarter of an hour over all instances; the fields of `deploymentView`. */
export interface DeploymentTraffic {
  requests: number
  requestsPerSecond: number
  errorRatio: number | null
  latencyP95Ms: number | null
  firstTokenP95Ms: number | null
  costPicoUsd: string
  /** Requests by minute, oldest first; the last minute is under way. */
  requestsSparkline: number[]
}

const minuteMs = 60_000
const minutes = 15

/** Traffic of the 15 minutes up to `nowMs`, by deployment id; deployments that served nothing are not in it. */
export async function readDeploymentTraffic(
  db: Pick<Database, 'pool'>,
  nowMs: number,
): Promise<ReadonlyMap<string, DeploymentTraffic>> {
  const fromMs = Math.floor(nowMs / minuteMs) * minuteMs - (minutes - 1) * minuteMs
  const span = { fromMs, toMs: nowMs + 1, stepMs: minuteMs, grain: 'minute' } as const
  const [traffic, latencies] = await Promise.all([readTraffic(db, span), readLatencies(db, span)])
  const latenciesOf = groupRows(latencies, (row) => row.deploymentId)
  const seconds = Math.max(1, (nowMs - fromMs) / 1000)
  const result = new Map<string, DeploymentTraffic>()
  for (const [deploymentId, rows] of groupRows(traffic, (row) => row.deploymentId)) {
    if (deploymentId === '') continue
    const total = sumTraffic(rows)
    const own = latenciesOf.get(deploymentId) ?? []
    const byMinute = groupRows(rows, (row) => row.step)
    result.set(deploymentId, {
      requests: total.requests,
      requestsPerSecond: total.requests / seconds,
      errorRatio: errorRatio(total),
      latencyP95Ms: signalQuantile(own, { signal: 'latency', q: 0.95 }),
      firstTokenP95Ms: signalQuantile(own, { signal: 'first_token', q: 0.95 }),
      costPicoUsd: total.costPicoUsd.toString(),
      requestsSparkline: Array.from(
        { length: minutes },
        (_, step) => sumTraffic(byMinute.get(step) ?? []).requests,
      ),
    })
  }
  return result
}
