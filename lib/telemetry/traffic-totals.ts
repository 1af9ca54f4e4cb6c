import { latencyBucketBoundsMs, latencyQuantile } from '#lib/telemetry/latency-buckets'

/** One group of the traffic roll-ups. */
export interface TrafficRow {
  /** Index of the step, from 0; -1 for the span before the range. */
  step: number
  tier: string
  deploymentId: string
  provider: string
  outcome: string
  requests: number
  unpriced: number
  inputTokens: number
  outputTokens: number
  costPicoUsd: bigint
}

/** One group of the latency roll-ups. */
export interface LatencyRow {
  step: number
  deploymentId: string
  signal: 'latency' | 'first_token'
  bucket: number
  requests: number
}

export interface TrafficTotals {
  requests: number
  /** Requests that the caller was let down on: outcome `error` or `cut`. One the caller cancelled is none. */
  errors: number
  unpriced: number
  inputTokens: number
  outputTokens: number
  costPicoUsd: bigint
}

export function sumTraffic(rows: readonly TrafficRow[]): TrafficTotals {
  const total = { requests: 0, errors: 0, unpriced: 0, inputTokens: 0, outputTokens: 0, costPicoUsd: 0n }
  for (const row of rows) {
    total.requests += row.requests
    if (row.outcome === 'error' || row.outcome === 'cut') total.errors += row.requests
    total.unpriced += row.unpriced
    total.inputTokens += row.inputTokens
    total.outputTokens += row.outputTokens
    total.costPicoUsd += row.costPicoUsd
  }
  return total
}

/** Errors per request; null without requests. */
export function errorRatio(total: TrafficTotals): number | null {
  return total.requests === 0 ? null : total.errors / total.requests
}

/** A quantile of one signal over rows, in milliseconds; null without values. */
export function signalQuantile(
  rows: readonly LatencyRow[],
  { signal, q }: { signal: LatencyRow['signal']; q: number },
): number | null {
  const counts = new Array<number>(latencyBucketBoundsMs.length).fill(0)
  for (const row of rows) {
    if (row.signal === signal) counts[row.bucket] = (counts[row.bucket] ?? 0) + row.requests
  }
  return latencyQuantile(counts, q)
}

/** Rows by the value of one field, in order of first appearance. */
export function groupRows<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}
