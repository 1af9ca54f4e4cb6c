import type { Database } from '#server/db/database'

/** What a deployment did in a minute that is over. */
export interface CapacityTraffic {
  tokens: number
  requests: number
  rateLimited: number
}

/** Traffic by deployment and by the minute's start, in milliseconds since 1970; quiet minutes are not in it. */
export type CapacityMinutes = ReadonlyMap<string, ReadonlyMap<number, CapacityTraffic>>

/**
 * Calls that succeeded come from the roll-ups, all others from their attempts. A request's tokens count where it was
 * answered, those of a cut call also where it was cut: this errs to the full side.
 */
const statement = `
SELECT deployment_id AS "deploymentId", extract(epoch FROM minute)::float8 * 1000 AS "minuteMs",
  sum(tokens)::float8 AS tokens, sum(requests)::float8 AS requests, sum(rate_limited)::float8 AS "rateLimited"
FROM (
  SELECT deployment_id, bucket_start AS minute, input_tokens + output_tokens AS tokens, requests, 0 AS rate_limited
  FROM traffic_rollups
  WHERE grain = 'minute' AND bucket_start >= $1::timestamptz AND bucket_start < $2::timestamptz
    AND outcome = 'success'
  UNION ALL
  SELECT deployment_id, date_trunc('minute', started_at, 'UTC'), input_tokens + output_tokens, 1,
    CASE WHEN failure_class IN ('rate_limited', 'ptu_full') THEN 1 ELSE 0 END
  FROM attempts
  WHERE started_at >= $1::timestamptz AND started_at < $2::timestamptz AND outcome <> 'success'
) AS calls
WHERE deployment_id <> ''
GROUP BY 1, 2`

/** Traffic of every deployment over all instances from `fromMs` up to `toMs`, both whole minutes. */
export async function readCapacityMinutes(
  db: Pick<Database, 'pool'>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<CapacityMinutes> {
  const { rows } = await db.pool.query<CapacityTraffic & { deploymentId: string; minuteMs: number }>(
    statement,
    [new Date(fromMs).toISOString(), new Date(toMs).toISOString()],
  )
  const minutes = new Map<string, Map<number, CapacityTraffic>>()
  for (const { deploymentId, minuteMs, ...traffic } of rows) {
    const own = minutes.get(deploymentId) ?? new Map<number, CapacityTraffic>()
    minutes.set(deploymentId, own.set(minuteMs, traffic))
  }
  return minutes
}
