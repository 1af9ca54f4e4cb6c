import { type BurnWindow, burnWindows, windowMs } from '#lib/alerts/burn-rate'
import type { Observation } from '#lib/alerts/observation'
import { punctualShare, tierObjective } from '#lib/alerts/tier-objectives'
import { latencyBucket, latencyBucketBoundsMs, latencyQuantile } from '#lib/telemetry/latency-buckets'
import type { Database } from '#server/db/database'

/** Long windows are read from the hours, to the hour they began in. */
const grainOf = (window: BurnWindow) => (windowMs[window] > 3_600_000 ? 'hour' : 'minute')
const grainMs = { minute: 60_000, hour: 3_600_000 }

const spans = `WITH spans AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS span(span_name, span_grain, span_start))`

const trafficStatement = `${spans}
SELECT span_name AS "window", tier, sum(requests)::float8 AS requests,
  coalesce(sum(requests) FILTER (WHERE outcome IN ('error', 'cut')), 0)::float8 AS errors
FROM spans JOIN traffic_rollups ON grain = span_grain AND bucket_start >= span_start
GROUP BY 1, 2`

const latencyStatement = `${spans}
SELECT span_name AS "window", tier, bucket, sum(requests)::float8 AS requests
FROM spans JOIN latency_rollups ON grain = span_grain AND bucket_start >= span_start
WHERE signal = 'latency' GROUP BY 1, 2, 3`

/** Newest first, by an index that knows only what did not succeed. */
const failedStatement = `
SELECT tier, id FROM ledger_entries
WHERE outcome <> 'success' AND outcome <> 'cancelled' AND started_at >= $1::timestamptz
ORDER BY started_at DESC LIMIT 60`

const slowStatement = `
SELECT id FROM ledger_entries
WHERE started_at >= $1::timestamptz AND outcome = 'success' AND tier = $2 AND latency_ms > $3
ORDER BY started_at DESC LIMIT 5`

interface TrafficGroup {
  window: BurnWindow
  tier: string
  requests: number
  errors: number
}
interface LatencyGroup {
  window: BurnWindow
  tier: string
  bucket: number
  requests: number
}

const named = (tier: string) => (tier === '' ? 'none' : tier)

/**
 * How each tier serves its callers, from roll-ups: `tier.error_ratio` and `tier.slow_ratio` over each window of the
 * burn rates, and `tier.latency_p95_ms` over five minutes. Successes alone are slow or not.
 */
export function observeTiers(db: Pick<Database, 'pool'>) {
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const starts = burnWindows.map((window) => {
      const grain = grainMs[grainOf(window)]
      return new Date(Math.floor((nowMs - windowMs[window]) / grain) * grain).toISOString()
    })
    const given = [[...burnWindows], burnWindows.map(grainOf), starts]
    const [traffic, latencies] = await Promise.all([
      db.pool.query<TrafficGroup>(trafficStatement, given),
      db.pool.query<LatencyGroup>(latencyStatement, given),
    ])
    const sinceMs = nowMs - windowMs['5m']
    const [errors, slow] = await Promise.all([
      observeErrors(db, { rows: traffic.rows, sinceMs }),
      observeLatencies(db, { rows: latencies.rows, sinceMs }),
    ])
    return [...errors, ...slow]
  }
}

async function observeErrors(
  db: Pick<Database, 'pool'>,
  { rows, sinceMs }: { rows: readonly TrafficGroup[]; sinceMs: number },
): Promise<Observation[]> {
  const failing = rows.some(({ errors, window }) => errors > 0 && window === '5m')
  const failed = failing
    ? (await db.pool.query<{ tier: string; id: string }>(failedStatement, [new Date(sinceMs).toISOString()]))
        .rows
    : []
  return rows
    .filter(({ requests }) => requests > 0)
    .map(({ window, tier, requests, errors }) => ({
      metric: 'tier.error_ratio',
      labels: { tier: named(tier), window },
      value: errors / requests,
      unit: 'ratio',
      sample: requests,
      requestIds: failed.filter((one) => one.tier === tier).map(({ id }) => id),
      detail: `${errors} of ${requests} requests in ${window}`,
    }))
}

async function observeLatencies(
  db: Pick<Database, 'pool'>,
  { rows, sinceMs }: { rows: readonly LatencyGroup[]; sinceMs: number },
): Promise<Observation[]> {
  const groups = Map.groupBy(rows, ({ tier, window }) => `${window} ${tier}`)
  const found = await Promise.all(
    [...groups.values()].map(async (group): Promise<Observation[]> => {
      const [{ tier, window } = { tier: '', window: '5m' as const }] = group
      const { slowAfterMs } = tierObjective(tier)
      const counts = new Array<number>(latencyBucketBoundsMs.length).fill(0)
      for (const { bucket, requests } of group) counts[bucket] = (counts[bucket] ?? 0) + requests
      const sample = counts.reduce((sum, count) => sum + count, 0)
      const slow = counts.slice(latencyBucket(slowAfterMs) + 1).reduce((sum, count) => sum + count, 0)
      const noted = window === '5m' && slow > sample * (1 - punctualShare)
      const requestIds = noted ? await findSlow(db, { tier, slowAfterMs, sinceMs }) : []
      const same = { sample, requestIds }
      const ratio: Observation = {
        ...same,
        metric: 'tier.slow_ratio',
        labels: { tier: named(tier), window },
        value: slow / sample,
        unit: 'ratio',
        detail: `${slow} of ${sample} answers took longer than ${slowAfterMs / 1000} s in ${window}`,
      }
      const p95 = window === '5m' ? latencyQuantile(counts, 0.95) : null
      if (p95 === null) return [ratio]
      const labels = { tier: named(tier) }
      return [ratio, { ...same, metric: 'tier.latency_p95_ms', labels, value: Math.round(p95), unit: 'ms' }]
    }),
  )
  return found.flat()
}

async function findSlow(
  db: Pick<Database, 'pool'>,
  { tier, slowAfterMs, sinceMs }: { tier: string; slowAfterMs: number; sinceMs: number },
): Promise<string[]> {
  const given = [new Date(sinceMs).toISOString(), tier, slowAfterMs]
  const { rows } = await db.pool.query<{ id: string }>(slowStatement, given)
  return rows.map(({ id }) => id)
}
