import type { VersionCounts } from '#lib/models/judge-version'
import { latencyBucketBoundsMs } from '#lib/telemetry/latency-buckets'
import type { Database } from '#server/db/database'

/** One statement, and so one snapshot: answers and failed attempts, and both histograms, of one deployment in a span. */
const statement = `
WITH span AS (SELECT $2::timestamptz AS from_at, $3::timestamptz AS to_at), answered AS (
  SELECT coalesce(sum(requests), 0)::int AS n FROM traffic_rollups, span
  WHERE grain = 'minute' AND bucket_start >= from_at AND bucket_start < to_at
    AND deployment_id = $1 AND outcome = 'success'
), failed AS (
  SELECT count(*)::int AS n FROM attempts, span
  WHERE started_at >= from_at AND started_at < to_at AND deployment_id = $1 AND outcome IN ('error', 'cut')
), times AS (
  SELECT signal, bucket, sum(requests)::int AS n FROM latency_rollups, span
  WHERE grain = 'minute' AND bucket_start >= from_at AND bucket_start < to_at AND deployment_id = $1
  GROUP BY signal, bucket
)
SELECT answered.n AS answered, failed.n AS failed,
  coalesce((SELECT json_agg(json_build_array(signal, bucket, n)) FROM times), '[]') AS times
FROM answered, failed`

interface Row {
  answered: number
  failed: number
  times: readonly (readonly [signal: string, bucket: number, n: number])[]
}

/** What a deployment did in the whole minutes of a span; minutes are kept for three days. */
export async function readVersionCounts(
  db: Pick<Database, 'pool'>,
  { deploymentId, fromMs, toMs }: { deploymentId: string; fromMs: number; toMs: number },
): Promise<VersionCounts> {
  const at = (ms: number) => new Date(ms).toISOString()
  const { rows } = await db.pool.query<Row>(statement, [deploymentId, at(fromMs), at(toMs)])
  const { answered = 0, failed = 0, times = [] } = rows[0] ?? {}
  const histogram = (wanted: string) => {
    const counts = new Array<number>(latencyBucketBoundsMs.length).fill(0)
    for (const [signal, bucket, n] of times) if (signal === wanted) counts[bucket] = n
    return counts
  }
  return {
    requests: answered + failed,
    errors: failed,
    latencyMs: histogram('latency'),
    firstTokenMs: histogram('first_token'),
  }
}
