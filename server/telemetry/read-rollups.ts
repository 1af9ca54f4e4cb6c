import type { Grain } from '#lib/telemetry/overview-range'
import type { LatencyRow, TrafficRow } from '#lib/telemetry/traffic-totals'
import type { Database } from '#server/db/database'

export interface RollupSpan {
  /** Inclusive; aligned to the grain. */
  fromMs: number
  /** Exclusive. */
  toMs: number
  /** Length of a step, or null to take the span as one step with index -1. */
  stepMs: number | null
  /** Only this tier, when given. */
  tier?: string
}

/** Traffic over a span by step, tier, deployment and outcome, all instances and operations together. */
export async function readTraffic(
  db: Pick<Database, 'pool'>,
  span: RollupSpan & { grain: 'minute' | 'hour' },
): Promise<TrafficRow[]> {
  const { rows } = await db.pool.query<Record<keyof TrafficRow, string>>(
    `SELECT ${stepColumn} AS step, tier, deployment_id AS "deploymentId", provider, outcome,
       sum(requests) AS requests, sum(unpriced) AS unpriced, sum(input_tokens) AS "inputTokens",
       sum(output_tokens) AS "outputTokens", sum(cost_pico_usd)::text AS "costPicoUsd"
     FROM traffic_rollups WHERE ${spanCondition} GROUP BY 1, 2, 3, 4, 5`,
    parameters(span),
  )
  return rows.map((row) => ({
    step: Number(row.step),
    tier: row.tier,
    deploymentId: row.deploymentId,
    provider: row.provider,
    outcome: row.outcome,
    requests: Number(row.requests),
    unpriced: Number(row.unpriced),
    inputTokens: Number(row.inputTokens),
    outputTokens: Number(row.outputTokens),
    costPicoUsd: BigInt(row.costPicoUsd),
  }))
}

/** Histograms over a span by step, deployment and signal. */
export async function readLatencies(
  db: Pick<Database, 'pool'>,
  span: RollupSpan & { grain: Grain },
): Promise<LatencyRow[]> {
  const { rows } = await db.pool.query<
    Omit<LatencyRow, 'requests' | 'step'> & { step: string; requests: string }
  >(
    `SELECT ${stepColumn} AS step, deployment_id AS "deploymentId", signal, bucket, sum(requests) AS requests
     FROM latency_rollups WHERE ${spanCondition} GROUP BY 1, 2, 3, 4`,
    parameters(span),
  )
  return rows.map((row) => ({ ...row, step: Number(row.step), requests: Number(row.requests) }))
}

const stepColumn = `CASE WHEN $4::float8 IS NULL THEN -1
  ELSE floor(extract(epoch FROM bucket_start - $2::timestamptz) * 1000 / $4::float8)::int END`
const spanCondition = `grain = $1 AND bucket_start >= $2::timestamptz AND bucket_start < $3::timestamptz
  AND ($5::text IS NULL OR tier = $5)`

function parameters(span: RollupSpan & { grain: Grain }): unknown[] {
  const { grain, fromMs, toMs, stepMs, tier } = span
  return [grain, new Date(fromMs).toISOString(), new Date(toMs).toISOString(), stepMs, tier ?? null]
}
