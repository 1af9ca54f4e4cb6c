import type { Overview } from '#lib/contracts/overview'
import { formatUsd } from '#lib/costs/format-usd'
import { formatRate } from '#lib/telemetry/format-rate'
import { errorRatio, groupRows, sumTraffic, type TrafficRow } from '#lib/telemetry/traffic-totals'

export interface Health {
  state: Overview['state']
  /** For the operator, with units, e.g. `All 6 deployments in use answer; 42 requests/s; $18.20 today.` */
  sentence: string
}

/** Fewer requests than these say nothing about a deployment. */
const minimumRequests = 3
const degradedAbove = 0.05
const downAbove = 0.5

/** Traffic of the last minutes, whatever range is looked at. */
export interface RecentTraffic {
  rows: readonly TrafficRow[]
  spanSeconds: number
}

/**
 * Judges the traffic of the last minutes: all answer, some fail, most fail, or nothing came. `requestsPerSecond` is
 * the rate of the range that is looked at, so that the sentence has the same number as the rest of the page.
 */
export function describeHealth(
  recent: RecentTraffic & { requestsPerSecond: number; costTodayPicoUsd: bigint },
): Health {
  const total = sumTraffic(recent.rows)
  const cost = `${formatUsd(recent.costTodayPicoUsd)} today`
  // Whole minutes: the one under way would make the sentence change its number every half minute.
  const minutes = Math.floor(recent.spanSeconds / 60)
  if (total.requests === 0)
    return { state: 'idle', sentence: `No requests in the last ${minutes} minutes; ${cost}.` }

  const rate = `${formatRate(recent.requestsPerSecond)} requests/s`
  const overall = errorRatio(total) ?? 0
  if (overall > downAbove && total.requests >= minimumRequests) {
    const failed = `${total.errors} of ${total.requests} requests failed in the last ${minutes} minutes`
    return { state: 'down', sentence: `${failed}; ${rate}; ${cost}.` }
  }
  const deployments = [...groupRows(recent.rows, (row) => row.deploymentId)].filter(([id]) => id !== '')
  const sick = deployments
    .map(([id, rows]) => ({ id, total: sumTraffic(rows) }))
    .filter(({ total }) => total.requests >= minimumRequests && (errorRatio(total) ?? 0) > degradedAbove)
  if (sick.length > 0 || overall > degradedAbove) {
    return { state: 'degraded', sentence: `${describeSick(sick, overall)}; ${rate}; ${cost}.` }
  }
  return { state: 'healthy', sentence: `${describeServing(deployments.length)}; ${rate}; ${cost}.` }
}

function describeSick(
  sick: readonly { id: string; total: ReturnType<typeof sumTraffic> }[],
  overall: number,
): string {
  const [worst, ...others] = sick.toSorted((a, b) => (errorRatio(b.total) ?? 0) - (errorRatio(a.total) ?? 0))
  if (!worst) return `${percent(overall)} of all requests fail`
  const first = `${worst.id} fails ${percent(errorRatio(worst.total) ?? 0)} of its requests`
  return others.length === 0 ? first : `${first}, and ${others.length} more fail some`
}

function describeServing(count: number): string {
  if (count === 0) return 'No deployment was needed'
  return count === 1 ? 'The one deployment in use answers' : `All ${count} deployments in use answer`
}

function percent(ratio: number): string {
  const value = ratio * 100
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} %`
}
