import type { AfterCutoverView, AfterRouteView } from '#lib/contracts/migration'
import { reportAfterCutover, type SinceWatched } from '#lib/migration/report-after-cutover'
import { csvLine } from '#lib/telemetry/csv-line'
import type { StoredBaseline } from '#lib/traffic/stored-baseline'
import type { Container } from '#server/create-container'
import { readRollouts, type StoredRollout } from '#server/traffic/rollout-rows'

type Parts = Pick<Container, 'db'>

const mostRoutes = 100

/** Every route that left its old provider with all its traffic, against the baseline that was frozen then. */
export async function describeAfterCutover(parts: Parts): Promise<AfterCutoverView> {
  const found = await readRollouts(parts.db.orm, mostRoutes)
  const left = found.flatMap((rollout) => {
    const { stored } = rollout.progress
    const isOver = rollout.state.phase === 'rolled_back' || rollout.baseline !== 'legacy'
    return stored === null || isOver ? [] : [{ rollout, stored }]
  })
  return { routes: await Promise.all(left.map((one) => describeRoute(parts, one))) }
}

async function describeRoute(
  parts: Parts,
  { rollout, stored }: { rollout: StoredRollout; stored: StoredBaseline },
): Promise<AfterRouteView> {
  const { id, tier, operation, state } = rollout
  const watchedUntil = await completedAt(parts, id)
  const since = watchedUntil && (await readSince(parts, rollout, watchedUntil))
  return {
    rolloutId: id,
    tier,
    operation,
    phase: state.phase,
    fullSince: state.stepSinceMs === null ? null : new Date(state.stepSinceMs).toISOString(),
    watchedUntil: watchedUntil?.toISOString() ?? null,
    requests: {
      before: stored.baseline.requests,
      atFull: stored.candidate.requests,
      since: since?.requests ?? null,
    },
    rows: reportAfterCutover(stored, since),
    feedback: await readFeedback(parts, rollout),
  }
}

async function completedAt({ db }: Parts, rolloutId: string): Promise<Date | null> {
  const { rows } = await db.pool.query<{ at: Date | null }>(
    `SELECT max(at) AS at FROM rollout_events WHERE rollout_id = $1 AND command = 'complete'`,
    [rolloutId],
  )
  return rows[0]?.at ?? null
}

/** By hours, from the first whole one; who went away says nothing. */
async function readSince(
  { db }: Parts,
  { tier, operation }: StoredRollout,
  from: Date,
): Promise<SinceWatched> {
  const { rows } = await db.pool.query<{
    requests: number
    errors: number
    priced: number
    cost: string
  }>(
    `SELECT coalesce(sum(requests) FILTER (WHERE outcome <> 'cancelled'), 0)::float8 AS requests,
       coalesce(sum(requests) FILTER (WHERE outcome IN ('error', 'cut')), 0)::float8 AS errors,
       coalesce(sum(requests - unpriced), 0)::float8 AS priced, coalesce(sum(cost_pico_usd), 0)::text AS cost
     FROM traffic_rollups
     WHERE grain = 'hour' AND bucket_start >= $1 AND tier = $2
       AND ($3::text IS NULL OR operation = $3) AND operation NOT IN ('test', 'probe')`,
    [from, tier, operation],
  )
  const { cost = '0', ...counts } = rows[0] ?? { requests: 0, errors: 0, priced: 0 }
  return { ...counts, costPicoUsd: BigInt(cost) }
}

async function readFeedback(
  { db }: Parts,
  { tier, operation, startedAtMs, createdAtMs }: StoredRollout,
): Promise<AfterRouteView['feedback']> {
  const { rows } = await db.pool.query<{ old: boolean; ratings: number; mean: number | null }>(
    `SELECT ledger.provider IN ('openai', 'anthropic') AS old, count(*)::int AS ratings, avg(score)::float8 AS mean
     FROM feedback JOIN ledger_entries AS ledger ON ledger.account_id = feedback.account_id
       AND ledger.started_at = feedback.started_at AND ledger.id = feedback.request_id
     WHERE feedback.kind = 'user' AND feedback.started_at >= $1 AND ledger.tier = $2
       AND ($3::text IS NULL OR ledger.operation = $3)
     GROUP BY 1`,
    [new Date(startedAtMs ?? createdAtMs), tier, operation],
  )
  const of = (old: boolean) => {
    const { ratings = 0, mean = null } = rows.find((row) => row.old === old) ?? {}
    return { ratings, mean }
  }
  return { before: of(true), after: of(false) }
}

const heading = 'rollout_id tier operation metric unit before at_full since change'

/** The report as CSV: the header, then one line for each route and metric; empty where nothing was measured. */
export function exportAfterCutover({ routes }: AfterCutoverView): string {
  const lines = routes.flatMap(({ rolloutId, tier, operation, rows, feedback, requests }) => {
    const line = (metric: string, unit: string, values: readonly (number | null)[]) =>
      csvLine([rolloutId, tier, operation, metric, unit, ...values])
    return [
      line('requests', 'requests', [requests.before, requests.atFull, requests.since, null]),
      ...rows.map((row) => line(row.metric, row.unit, [row.before, row.atFull, row.since, row.change])),
      line('feedback', 'score', [feedback.before.mean, feedback.after.mean, null, null]),
      line('feedback_ratings', 'ratings', [feedback.before.ratings, feedback.after.ratings, null, null]),
    ]
  })
  return [csvLine(heading.split(' ')), ...lines].join('')
}
