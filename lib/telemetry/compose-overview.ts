import type { Overview } from '#lib/contracts/overview'
import { describeHealth, type RecentTraffic } from '#lib/telemetry/describe-health'
import type { OverviewRange } from '#lib/telemetry/overview-range'
import {
  errorRatio,
  groupRows,
  type LatencyRow,
  signalQuantile,
  sumTraffic,
  type TrafficRow,
} from '#lib/telemetry/traffic-totals'

export interface OverviewParts {
  range: OverviewRange
  /** Of the range and of the span before it (step -1). */
  traffic: readonly TrafficRow[]
  latencies: readonly LatencyRow[]
  recent: RecentTraffic
  costTodayPicoUsd: bigint
  incidents: Overview['incidents']
}

/** One step of the range, or a whole span, with what happened in it. */
interface Span {
  seconds: number
  traffic: readonly TrafficRow[]
  latencies: readonly LatencyRow[]
}

/** Puts the Overview together from roll-up rows. Pure; all figures are of the range unless they say otherwise. */
export function composeOverview(parts: OverviewParts): Overview {
  const { range } = parts
  const steps = cutIntoSteps(parts)
  const whole: Span = {
    seconds: (range.toMs - range.fromMs) / 1000,
    traffic: parts.traffic.filter((row) => row.step >= 0),
    latencies: parts.latencies.filter((row) => row.step >= 0),
  }
  const before: Span = {
    seconds: (range.fromMs - range.previousFromMs) / 1000,
    traffic: parts.traffic.filter((row) => row.step < 0),
    latencies: parts.latencies.filter((row) => row.step < 0),
  }
  const total = sumTraffic(whole.traffic)
  const trend = (measure: (span: Span) => number | null) => ({
    value: measure(whole),
    previous: before.traffic.length === 0 ? null : measure(before),
    sparkline: steps.map((step) => (step.traffic.length === 0 ? null : measure(step))),
  })
  const tokens = trend(tokensOf)
  return {
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
    stepSeconds: range.stepMs / 1000,
    ...describeHealth({
      ...parts.recent,
      requestsPerSecond: total.requests / whole.seconds,
      costTodayPicoUsd: parts.costTodayPicoUsd,
    }),
    requestsPerSecond: trend((span) => sumTraffic(span.traffic).requests / span.seconds),
    errorRatio: trend((span) => errorRatio(sumTraffic(span.traffic))),
    latencyP50Ms: trend((span) => signalQuantile(span.latencies, { signal: 'latency', q: 0.5 })),
    latencyP95Ms: trend((span) => signalQuantile(span.latencies, { signal: 'latency', q: 0.95 })),
    firstTokenP50Ms: trend((span) => signalQuantile(span.latencies, { signal: 'first_token', q: 0.5 })),
    firstTokenP95Ms: trend((span) => signalQuantile(span.latencies, { signal: 'first_token', q: 0.95 })),
    // A sum, unlike the others: the span before had all its steps in full, so it is brought to the same length.
    tokens: { ...tokens, previous: scale(tokens.previous, whole.seconds / before.seconds) },
    costTodayPicoUsd: parts.costTodayPicoUsd.toString(),
    costPicoUsd: total.costPicoUsd.toString(),
    requests: total.requests,
    unpricedRequests: total.unpriced,
    points: steps.map((step, index) => toPoint(step, range.fromMs + index * range.stepMs)),
    deployments: toDeployments(whole),
    incidents: parts.incidents,
  }
}

function cutIntoSteps({ range, traffic, latencies }: OverviewParts): Span[] {
  const trafficBySteps = groupRows(traffic, (row) => row.step)
  const latenciesBySteps = groupRows(latencies, (row) => row.step)
  return Array.from({ length: range.steps }, (_, step) => {
    const startMs = range.fromMs + step * range.stepMs
    return {
      seconds: Math.min(range.stepMs, Math.max(1000, range.toMs - startMs)) / 1000,
      traffic: trafficBySteps.get(step) ?? [],
      latencies: latenciesBySteps.get(step) ?? [],
    }
  })
}

function toPoint(step: Span, atMs: number): Overview['points'][number] {
  const rates = (keyOf: (row: TrafficRow) => string) =>
    Object.fromEntries(
      [...groupRows(step.traffic, keyOf)].map(([key, rows]) => [
        key,
        sumTraffic(rows).requests / step.seconds,
      ]),
    )
  return {
    at: new Date(atMs).toISOString(),
    byTier: rates((row) => row.tier),
    byOutcome: rates((row) => row.outcome),
    latencyP50Ms: signalQuantile(step.latencies, { signal: 'latency', q: 0.5 }),
    latencyP95Ms: signalQuantile(step.latencies, { signal: 'latency', q: 0.95 }),
    firstTokenP50Ms: signalQuantile(step.latencies, { signal: 'first_token', q: 0.5 }),
    firstTokenP95Ms: signalQuantile(step.latencies, { signal: 'first_token', q: 0.95 }),
    costPicoUsd: sumTraffic(step.traffic).costPicoUsd.toString(),
  }
}

/** Busiest first. Requests for which no deployment was tried are in the totals only. */
function toDeployments(whole: Span): Overview['deployments'] {
  const latencies = groupRows(whole.latencies, (row) => row.deploymentId)
  return [...groupRows(whole.traffic, (row) => row.deploymentId)]
    .filter(([deploymentId]) => deploymentId !== '')
    .map(([deploymentId, rows]) => {
      const total = sumTraffic(rows)
      const own = latencies.get(deploymentId) ?? []
      return {
        deploymentId,
        provider: rows[0]?.provider ?? '',
        requests: total.requests,
        errorRatio: errorRatio(total),
        latencyP50Ms: signalQuantile(own, { signal: 'latency', q: 0.5 }),
        latencyP95Ms: signalQuantile(own, { signal: 'latency', q: 0.95 }),
        firstTokenP95Ms: signalQuantile(own, { signal: 'first_token', q: 0.95 }),
        inputTokens: total.inputTokens,
        outputTokens: total.outputTokens,
        costPicoUsd: total.costPicoUsd.toString(),
      }
    })
    .toSorted((a, b) => b.requests - a.requests || a.deploymentId.localeCompare(b.deploymentId))
}

function tokensOf(span: Span): number {
  const total = sumTraffic(span.traffic)
  return total.inputTokens + total.outputTokens
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor
}
