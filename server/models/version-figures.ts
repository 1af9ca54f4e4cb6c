import type { VersionFigures, VersionHistory } from '#lib/contracts/models'
import { latencyBucketBoundsMs, latencyQuantile } from '#lib/telemetry/latency-buckets'
import type { Database } from '#server/db/database'

/**
 * One statement, and so one snapshot: what deployments did by hours or days. Money and requests come from the ledger's
 * roll-ups by route, as the cost report's do; failures from the attempts; times from the histograms.
 */
const statement = `
WITH span AS (SELECT $1::timestamptz AS from_at, $2::timestamptz AS to_at, $3::text AS cut), wanted AS (
  SELECT key AS deployment_id, value #>> '{}' AS version_id FROM jsonb_each($4::jsonb)
), routed AS (
  SELECT version_id, date_trunc(cut, bucket_start, 'UTC') AS at, sum(requests)::bigint AS requests,
    sum(unpriced)::bigint AS unpriced, sum(cost_pico_usd) AS cost
  FROM route_rollups JOIN wanted USING (deployment_id), span
  WHERE grain = 'hour' AND bucket_start >= date_trunc('hour', from_at, 'UTC') AND bucket_start < to_at
  GROUP BY 1, 2
), tried AS (
  SELECT version_id, date_trunc(cut, started_at, 'UTC') AS at, count(*)::bigint AS attempts,
    count(*) FILTER (WHERE outcome IN ('error', 'cut'))::bigint AS failed
  FROM attempts JOIN wanted USING (deployment_id), span
  WHERE started_at >= date_trunc('hour', from_at, 'UTC') AND started_at < to_at AND outcome <> 'cancelled'
  GROUP BY 1, 2
), buckets AS (
  SELECT version_id, date_trunc(cut, bucket_start, 'UTC') AS at, signal, bucket, sum(requests)::bigint AS n
  FROM latency_rollups JOIN wanted USING (deployment_id), span
  WHERE grain = 'hour' AND bucket_start >= date_trunc('hour', from_at, 'UTC') AND bucket_start < to_at
  GROUP BY 1, 2, 3, 4
), times AS (
  SELECT version_id, at, json_agg(json_build_array(signal, bucket, n)) AS times FROM buckets GROUP BY 1, 2
)
SELECT version_id AS "versionId", (extract(epoch FROM at) * 1000)::bigint::text AS at,
  coalesce(requests, 0)::text AS requests, coalesce(unpriced, 0)::text AS unpriced, coalesce(cost, 0)::text AS cost,
  coalesce(attempts, 0)::text AS attempts, coalesce(failed, 0)::text AS failed, coalesce(times, '[]') AS times
FROM routed FULL JOIN tried USING (version_id, at) FULL JOIN times USING (version_id, at)
ORDER BY at`

interface Row {
  versionId: string
  at: string
  requests: string
  unpriced: string
  cost: string
  attempts: string
  failed: string
  times: readonly (readonly [signal: string, bucket: number, n: number])[]
}

interface FigureSpan {
  /** Version by deployment. */
  versionOf: ReadonlyMap<string, string>
  fromMs: number
  toMs: number
}

export const noFigures: VersionFigures = {
  requests: 0,
  errorRatio: null,
  latencyP95Ms: null,
  firstTokenP95Ms: null,
  costPicoUsd: null,
  costPerRequestPicoUsd: null,
}

/** What each version did in the whole hours of a span; versions nobody asked are not in it. */
export async function readFigures(
  db: Pick<Database, 'pool'>,
  span: FigureSpan,
): Promise<ReadonlyMap<string, VersionFigures>> {
  const rows = await read(db, span, 'century')
  return new Map(
    [...Map.groupBy(rows, ({ versionId }) => versionId)].map(([id, some]) => [id, figuresOf(some)]),
  )
}

/** One version by UTC days. */
export async function readHistory(db: Pick<Database, 'pool'>, span: FigureSpan): Promise<VersionHistory> {
  const rows = await read(db, span, 'day')
  const byDay = Map.groupBy(rows, ({ at }) => new Date(Number(at)).toISOString().slice(0, 10))
  return { days: [...byDay].map(([day, some]) => ({ day, ...figuresOf(some) })) }
}

async function read(
  db: Pick<Database, 'pool'>,
  { versionOf, fromMs, toMs }: FigureSpan,
  cut: 'day' | 'century',
): Promise<Row[]> {
  if (versionOf.size === 0) return []
  const { rows } = await db.pool.query<Row>(statement, [
    new Date(fromMs).toISOString(),
    new Date(toMs).toISOString(),
    cut,
    JSON.stringify(Object.fromEntries(versionOf)),
  ])
  return rows
}

function figuresOf(rows: readonly Row[]): VersionFigures {
  const sum = (field: 'requests' | 'unpriced' | 'attempts' | 'failed') =>
    rows.reduce((total, row) => total + Number(row[field]), 0)
  const requests = sum('requests')
  const priced = requests - sum('unpriced')
  const cost = rows.reduce((total, row) => total + BigInt(row.cost), 0n)
  const attempts = sum('attempts')
  return {
    requests,
    errorRatio: attempts === 0 ? null : sum('failed') / attempts,
    latencyP95Ms: quantile(rows, 'latency'),
    firstTokenP95Ms: quantile(rows, 'first_token'),
    costPicoUsd: priced > 0 ? cost.toString() : null,
    costPerRequestPicoUsd: priced > 0 ? (cost / BigInt(priced)).toString() : null,
  }
}

function quantile(rows: readonly Row[], wanted: string): number | null {
  const counts = new Array<number>(latencyBucketBoundsMs.length).fill(0)
  for (const { times } of rows)
    for (const [signal, bucket, n] of times)
      if (signal === wanted) counts[bucket] = (counts[bucket] ?? 0) + Number(n)
  return latencyQuantile(counts, 0.95)
}
