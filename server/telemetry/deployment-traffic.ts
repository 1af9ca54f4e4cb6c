import {
  groupRows,
  type LatencyRow,
  signalQuantile,
  sumTraffic,
  type TrafficRow,
} from '#lib/telemetry/traffic-totals'
import type { Database } from '#server/db/database'
import { readFailedAttempts } from '#server/telemetry/failed-attempts'
import { readLatencies, readTraffic } from '#server/telemetry/read-rollups'

/** A deployment's last quarter of an hour over all instances; the fields of `deploymentView`. */
export interface DeploymentTraffic {
  requests: number
  requestsPerSecond: number
  /** Of the attempts there, so that a deployment whose requests others saved does not look well. */
  errorRatio: number | null
  latencyP95Ms: number | null
  firstTokenP95Ms: number | null
  costPicoUsd: string
  /** Requests by minute, oldest first; the last minute is under way. */
  requestsSparkline: number[]
  /** Of the same minutes; null where nothing was asked. */
  errorRatioSparkline: (number | null)[]
  firstTokenSparkline: (number | null)[]
}

const minuteMs = 60_000
const minutes = 15

export const noTraffic: DeploymentTraffic = {
  requests: 0,
  requestsPerSecond: 0,
  errorRatio: null,
  latencyP95Ms: null,
  firstTokenP95Ms: null,
  costPicoUsd: '0',
  requestsSparkline: [],
  errorRatioSparkline: [],
  firstTokenSparkline: [],
}

/** Traffic of the 15 minutes up to `nowMs`, by deployment id; deployments that were not asked are not in it. */
export async function readDeploymentTraffic(
  db: Pick<Database, 'pool'>,
  nowMs: number,
): Promise<ReadonlyMap<string, DeploymentTraffic>> {
  const fromMs = Math.floor(nowMs / minuteMs) * minuteMs - (minutes - 1) * minuteMs
  const span = { fromMs, toMs: nowMs + 1, stepMs: minuteMs, grain: 'minute', steps: minutes } as const
  const [traffic, latencies, failed] = await Promise.all([
    readTraffic(db, span),
    readLatencies(db, span),
    readFailedAttempts(db, span),
  ])
  const trafficOf = groupRows(traffic, (row) => row.deploymentId)
  const latenciesOf = groupRows(latencies, (row) => row.deploymentId)
  const seconds = Math.max(1, (nowMs - fromMs) / 1000)
  const ids = new Set([...trafficOf.keys(), ...failed.keys()].filter((id) => id !== ''))
  return new Map(
    [...ids].map((id) => [
      id,
      summarise({
        rows: trafficOf.get(id) ?? [],
        latencies: latenciesOf.get(id) ?? [],
        failed: failed.get(id) ?? [],
        seconds,
      }),
    ]),
  )
}

interface OwnRows {
  rows: readonly TrafficRow[]
  latencies: readonly LatencyRow[]
  failed: readonly number[]
  seconds: number
}

function summarise({ rows, latencies, failed, seconds }: OwnRows): DeploymentTraffic {
  const total = sumTraffic(rows)
  const byMinute = groupRows(rows, (row) => row.step)
  const latencyByMinute = groupRows(latencies, (row) => row.step)
  const successes = (some: readonly TrafficRow[]) =>
    sumTraffic(some.filter(({ outcome }) => outcome === 'success')).requests
  const steps = Array.from({ length: minutes }, (_, step) => step)
  return {
    requests: total.requests,
    requestsPerSecond: total.requests / seconds,
    errorRatio: ratio(
      failed.reduce((sum, one) => sum + one, 0),
      successes(rows),
    ),
    latencyP95Ms: signalQuantile(latencies, { signal: 'latency', q: 0.95 }),
    firstTokenP95Ms: signalQuantile(latencies, { signal: 'first_token', q: 0.95 }),
    costPicoUsd: total.costPicoUsd.toString(),
    requestsSparkline: steps.map((step) => sumTraffic(byMinute.get(step) ?? []).requests),
    errorRatioSparkline: steps.map((step) => ratio(failed[step] ?? 0, successes(byMinute.get(step) ?? []))),
    firstTokenSparkline: steps.map((step) =>
      signalQuantile(latencyByMinute.get(step) ?? [], { signal: 'first_token', q: 0.95 }),
    ),
  }
}

function ratio(failed: number, succeeded: number): number | null {
  return failed + succeeded === 0 ? null : failed / (failed + succeeded)
}
