import type { CostSubject } from '#lib/contracts/cost-changes'
import type { RouteDay } from '#lib/costs/route-use'
import type { Database } from '#server/db/database'

/** A stretch of a creator's or an operation's days, both included. */
export interface SubjectStretch extends CostSubject {
  fromDay: string
  toDay: string
}

/** A day of it on one model; of a creator by operation too, else `operation` is its own name. */
export interface SubjectRouteDay extends RouteDay {
  operation: string
}

type Texts = Readonly<Record<Exclude<keyof SubjectRouteDay, `wasted${string}`>, string>> & { place: number }

/** Each day and subject is looked up by key: other creators' rows are not read. */
const creatorStatement = statementOf(
  'usage_days used',
  `used.account_id = wanted.account AND used.day = (each.day AT TIME ZONE 'UTC')::date
   AND used.creator_id = wanted.value`,
)
const operationStatement = statementOf(
  'route_rollups used',
  `used.account_id = wanted.account AND used.grain = 'day' AND used.operation = wanted.value
   AND used.bucket_start = each.day`,
)

function statementOf(table: string, match: string): string {
  return `
SELECT wanted.place::int AS place, (each.day AT TIME ZONE 'UTC')::date::text AS day, operation, provider, model,
  sum(requests)::text AS requests, sum(errors)::text AS errors, sum(input_tokens)::text AS "inputTokens",
  sum(cached_input_tokens)::text AS "cachedInputTokens", sum(cache_write_tokens)::text AS "cacheWriteTokens",
  sum(output_tokens)::text AS "outputTokens", sum(cost_pico_usd)::text AS "costPicoUsd"
FROM unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
    AS wanted(place, account, value, first, last)
  CROSS JOIN LATERAL generate_series(wanted.first, wanted.last, '24 hours') AS each(day)
  JOIN ${table} ON ${match}
GROUP BY wanted.place, each.day, operation, provider, model`
}

/**
 * What each stretch's requests were, by day, operation and model, from the daily roll-ups, with what went into attempts
 * that failed from the ledger. The lists are in the order of the stretches.
 */
export async function readSubjectRoutes(
  db: Pick<Database, 'pool'>,
  stretches: readonly SubjectStretch[],
): Promise<SubjectRouteDay[][]> {
  const found = stretches.map((): SubjectRouteDay[] => [])
  if (stretches.length === 0) return found
  for (const dimension of ['creator', 'operation'] as const) {
    const wanted = stretches.flatMap((stretch, place) =>
      stretch.dimension === dimension ? [{ place, ...stretch }] : [],
    )
    const { rows } = await db.pool.query<Texts>(
      dimension === 'creator' ? creatorStatement : operationStatement,
      [
        wanted.map(({ place }) => place),
        wanted.map(({ accountId }) => accountId),
        wanted.map(({ value }) => value),
        wanted.map(({ fromDay }) => `${fromDay}T00:00:00Z`),
        wanted.map(({ toDay }) => `${toDay}T00:00:00Z`),
      ],
    )
    for (const { place, ...row } of rows) found[place]?.push(toRouteDay(row))
  }
  await addWaste(db, { stretches, found })
  return found
}

function toRouteDay(row: Omit<Texts, 'place'>): SubjectRouteDay {
  return {
    ...{ day: row.day, operation: row.operation, provider: row.provider, model: row.model },
    ...{ requests: Number(row.requests), errors: Number(row.errors) },
    inputTokens: Number(row.inputTokens),
    cachedInputTokens: Number(row.cachedInputTokens),
    cacheWriteTokens: Number(row.cacheWriteTokens),
    outputTokens: Number(row.outputTokens),
    costPicoUsd: BigInt(row.costPicoUsd),
    ...{ wastedPicoUsd: 0n, wastedInputTokens: 0, wastedOutputTokens: 0 },
  }
}

interface WasteRow {
  place: number
  day: string
  operation: string
  provider: string
  model: string
  cost: string
  input: string
  output: string
}

/** Failed attempts that cost something are few, and have an index by time. */
const wasteStatement = `
WITH wasted AS MATERIALIZED (
  SELECT booked.account_id, coalesce(booked.creator_id, '') AS creator_id, booked.operation, booked.provider, booked.model,
    tried.started_at, tried.cost_pico_usd AS cost, tried.input_tokens AS input, tried.output_tokens AS output
  FROM attempts tried JOIN ledger_entries booked ON booked.account_id = tried.account_id
    AND booked.started_at = tried.started_at AND booked.id = tried.request_id
  WHERE tried.outcome <> 'success' AND tried.cost_pico_usd > 0
    AND tried.started_at >= $7::timestamptz AND tried.started_at < $8::timestamptz
)
SELECT wanted.place::int AS place, (started_at AT TIME ZONE 'UTC')::date::text AS day, operation, provider, model,
  sum(cost)::text AS cost, sum(input)::text AS input, sum(output)::text AS output
FROM unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bool[])
    AS wanted(place, account, value, first, last, by_creator)
  JOIN wasted ON wasted.account_id = wanted.account
    AND wanted.value = CASE WHEN wanted.by_creator THEN creator_id ELSE operation END
    AND started_at >= wanted.first AND started_at < wanted.last + interval '24 hours'
GROUP BY 1, 2, 3, 4, 5`

async function addWaste(
  db: Pick<Database, 'pool'>,
  { stretches, found }: { stretches: readonly SubjectStretch[]; found: readonly SubjectRouteDay[][] },
): Promise<void> {
  const first = stretches.map(({ fromDay }) => fromDay).sort()[0] ?? ''
  const last =
    stretches
      .map(({ toDay }) => toDay)
      .sort()
      .at(-1) ?? ''
  const { rows } = await db.pool.query<WasteRow>(wasteStatement, [
    stretches.map((_, place) => place),
    stretches.map(({ accountId }) => accountId),
    stretches.map(({ value }) => value),
    stretches.map(({ fromDay }) => `${fromDay}T00:00:00Z`),
    stretches.map(({ toDay }) => `${toDay}T00:00:00Z`),
    stretches.map(({ dimension }) => dimension === 'creator'),
    `${first}T00:00:00Z`,
    new Date(Date.parse(`${last}T00:00:00Z`) + 86_400_000).toISOString(),
  ])
  for (const row of rows) {
    const match = found[row.place]?.find(
      (day) =>
        day.day === row.day &&
        day.operation === row.operation &&
        day.provider === row.provider &&
        day.model === row.model,
    )
    if (!match) continue
    match.wastedPicoUsd = BigInt(row.cost)
    match.wastedInputTokens = Number(row.input)
    match.wastedOutputTokens = Number(row.output)
  }
}
