import type { z } from 'zod'
import type { Overview, overviewQuery } from '#lib/contracts/overview'
import { composeOverview } from '#lib/telemetry/compose-overview'
import { type OverviewRange, planOverviewRange } from '#lib/telemetry/overview-range'
import { sumTraffic } from '#lib/telemetry/traffic-totals'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import { readLatencies, readTraffic } from '#server/telemetry/read-rollups'

const healthSpanMs = 5 * 60_000
const minuteMs = 60_000
const dayMs = 86_400_000

/**
 * The Overview of a time range as of `nowMs`, from roll-ups; of the ledger it reads only the last incidents, by
 * their index. The state is that of the last five minutes whatever the range; incidents are
 * requests that let the caller down, not those that the caller ended.
 * @throws AppError `invalid_request` for a custom range without ends, or turned around.
 */
export async function readOverview(
  db: Pick<Database, 'pool'>,
  query: z.infer<typeof overviewQuery>,
  nowMs: number,
): Promise<Overview> {
  const range = planOverviewRange(query, nowMs)
  if (!range) {
    const message = 'A custom range needs from and to, from earlier than to and than now'
    throw new AppError('invalid_request', { message, param: 'from' })
  }
  const { tier } = query
  const recentFromMs = Math.floor((nowMs - healthSpanMs) / minuteMs) * minuteMs
  const [current, previous, currentLatencies, previousLatencies, recent, today, incidents] =
    await Promise.all([
      readTraffic(db, { ...currentSpan(range), grain: range.trafficGrain, tier }),
      readTraffic(db, { ...previousSpan(range), grain: range.trafficGrain, tier }),
      readLatencies(db, { ...currentSpan(range), grain: range.latencyGrain, tier }),
      readLatencies(db, { ...previousSpan(range), grain: range.previousLatencyGrain, tier }),
      readTraffic(db, { fromMs: recentFromMs, toMs: nowMs + 1, stepMs: null, grain: 'minute', tier }),
      readTraffic(db, {
        fromMs: nowMs - (nowMs % dayMs),
        toMs: nowMs + 1,
        stepMs: null,
        grain: 'hour',
        tier,
      }),
      readIncidents(db, { range, tier }),
    ])
  return composeOverview({
    range,
    traffic: [...current, ...previous],
    latencies: [...currentLatencies, ...previousLatencies],
    recent: { rows: recent, spanSeconds: (nowMs - recentFromMs) / 1000 },
    costTodayPicoUsd: sumTraffic(today).costPicoUsd,
    incidents,
  })
}

function currentSpan({ fromMs, toMs, stepMs }: OverviewRange) {
  return { fromMs, toMs, stepMs }
}

function previousSpan({ previousFromMs, fromMs }: OverviewRange) {
  return { fromMs: previousFromMs, toMs: fromMs, stepMs: null }
}

async function readIncidents(
  db: Pick<Database, 'pool'>,
  { range, tier }: { range: OverviewRange; tier: string | undefined },
): Promise<Overview['incidents']> {
  const { rows } = await db.pool.query<{
    id: string
    at: Date
    deployment: string
    outcome: string
    code: string | null
  }>(
    `SELECT id, started_at AS at, deployment_id AS deployment, outcome, error_code AS code
     FROM ledger_entries
     WHERE outcome <> 'success' AND outcome <> 'cancelled' AND started_at >= $1::timestamptz AND started_at <= $2::timestamptz
       AND ($3::text IS NULL OR tier = $3)
     ORDER BY started_at DESC, id DESC LIMIT 10`,
    [new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString(), tier ?? null],
  )
  return rows.map((row) => ({
    requestId: row.id,
    at: row.at.toISOString(),
    deploymentId: row.deployment,
    outcome: row.outcome,
    errorCode: row.code,
  }))
}
