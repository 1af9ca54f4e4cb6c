import type { PoolClient } from 'pg'
import type { Database } from '../../server/db/database.ts'
import { ensurePartition } from '../../server/db/partitions.ts'

/** How much there is to report on. Every request of the last `days` days is in the roll-ups, as the ledger's statement adds it up. */
export interface ReportWorld {
  readonly requests: number
  readonly days: number
  readonly creators: number
  readonly accounts: number
  readonly nowMs: number
}

const DAY_MS = 86_400_000
const route = 'operation, tier, provider, deployment_id, model'
const measures = `requests, errors, unpriced, estimated, input_tokens, cached_input_tokens, cache_write_tokens,
  output_tokens, reasoning_tokens, cost_pico_usd`
const summed = measures
  .split(',')
  .map((name) => `total(${name})`)
  .join(', ')

/** Six operations; one request in 25 is served by the region's twin or, from two of them, by the old provider. */
const routesStatement = `CREATE TEMP TABLE bench_routes AS
SELECT nr, CASE nr % 6 WHEN 0 THEN 'message_reply' WHEN 1 THEN 'message_draft' WHEN 2 THEN 'analytics' WHEN 3 THEN 'sales'
    WHEN 4 THEN 'compliance' ELSE 'embeddings' END AS operation,
  CASE nr % 6 WHEN 0 THEN 'standard' WHEN 1 THEN 'premium' WHEN 2 THEN 'premium' WHEN 5 THEN 'embeddings' ELSE 'economy' END AS tier,
  CASE WHEN nr >= 6 AND nr % 6 < 2 THEN 'openai' ELSE 'azure-openai' END AS provider,
  CASE WHEN nr < 6 THEN 'we-' ELSE 'ne-' END || (nr % 6) AS deployment_id,
  CASE nr % 6 WHEN 0 THEN 'gpt-4' WHEN 1 THEN 'gpt-4-turbo' WHEN 2 THEN 'gpt-4-turbo' WHEN 5 THEN 'text-embedding-ada-002'
    ELSE 'gpt-35-turbo' END AS model,
  (ARRAY[30, 10, 10, 1, 1, 1])[1 + nr % 6]::bigint * 1000000 AS price
FROM generate_series(0, 11) AS nr`

/**
 * One day's requests: few creators have most of them (of a tenth of the creators nearly half), each belongs to one
 * account, and few accounts have most creators. `$1` requests, `$2` first instant, `$3` creators, `$4` accounts.
 */
const dayStatement = `CREATE TEMP TABLE bench_day AS
SELECT 'acc_' || floor($4 * ((hashint4(creator) & 65535) / 65536.0) ^ 2)::int AS account_id, 'creator_' || creator AS creator_id,
  $2::timestamptz + offset_s * interval '1 second' AS started_at, nr, input_tokens, output_tokens
FROM (SELECT floor($3 * u * u * u)::int AS creator, floor(random() * 86400) AS offset_s,
    least(5, floor(random() * random() * 7))::int + CASE WHEN random() < 0.04 THEN 6 ELSE 0 END AS nr,
    100 + floor(random() * 1900)::int AS input_tokens, floor(random() * 400)::int AS output_tokens
  FROM (SELECT random() AS u FROM generate_series(1, $1)) AS drawn) AS requests
WHERE $2::timestamptz + offset_s * interval '1 second' <= $5::timestamptz`

const groupsStatement = `CREATE TEMP TABLE bench_groups AS
SELECT account_id, creator_id, date_trunc('hour', started_at, 'UTC') AS hour, ${route}, count(*) AS requests, 0::bigint AS errors,
  0::bigint AS unpriced, 0::bigint AS estimated, sum(input_tokens) AS input_tokens, 0::bigint AS cached_input_tokens,
  0::bigint AS cache_write_tokens, sum(output_tokens) AS output_tokens, 0::bigint AS reasoning_tokens,
  sum((input_tokens + 2 * output_tokens) * price) AS cost_pico_usd
FROM bench_day JOIN bench_routes USING (nr) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`

const date = (grain: string) => `date_trunc('${grain}', hour AT TIME ZONE 'UTC')::date`
const added = measures
  .split(',')
  .map((name) => `${name.trim()} = present.${name.trim()} + excluded.${name.trim()}`)
  .join(', ')

const rollupStatements = [
  `INSERT INTO usage_days (account_id, day, creator_id, ${route}, ${measures})
   SELECT account_id, ${date('day')}, creator_id, ${route}, ${summed} FROM bench_groups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
  `INSERT INTO usage_months AS present (account_id, month, creator_id, ${route}, ${measures})
   SELECT account_id, ${date('month')}, creator_id, ${route}, ${summed} FROM bench_groups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
   ON CONFLICT (account_id, month, creator_id, ${route}) DO UPDATE SET ${added}`,
  `INSERT INTO route_rollups (account_id, grain, bucket_start, ${route}, ${measures})
   SELECT account_id, grain, date_trunc(grain, hour, 'UTC'), ${route}, ${summed}
   FROM bench_groups CROSS JOIN (VALUES ('hour'), ('day')) AS grains(grain) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
  `INSERT INTO creator_rollups AS present (account_id, grain, bucket_start, creator_id, ${measures})
   SELECT account_id, grain, date_trunc(grain, hour, 'UTC'), creator_id, ${summed}
   FROM bench_groups CROSS JOIN (VALUES ('day'), ('month')) AS grains(grain) GROUP BY 1, 2, 3, 4
   ON CONFLICT (account_id, grain, bucket_start, creator_id) DO UPDATE SET ${added}`,
]

/** What only the newest day has here: hours of creators, and the ledger's own rows, which reports read at their ends. */
const newestStatements = [
  `INSERT INTO creator_rollups (account_id, grain, bucket_start, creator_id, ${measures})
   SELECT account_id, 'hour', hour, creator_id, ${summed} FROM bench_groups GROUP BY 1, 3, 4`,
  `INSERT INTO ledger_entries (account_id, started_at, id, correlation_id, trace_id, plan, creator_id, operation, kind,
     requested_model, tier, deployment_id, provider, region, model, streamed, outcome, http_status, input_tokens,
     cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, usage_source, price_version, cost_pico_usd,
     attempts, latency_ms, overhead_us, plan_reasons)
   SELECT account_id, started_at, 'req_' || n, 'req_' || n, md5(n::text), 'unlimited', creator_id, operation, 'chat', tier, tier,
     deployment_id, provider, 'westeurope', model, false, 'success', 200, input_tokens, 0, 0, output_tokens, 0, 'provider',
     'bench', (input_tokens + 2 * output_tokens) * price, 1, 800, 400, '[]'
   FROM (SELECT row_number() OVER () AS n, * FROM bench_day JOIN bench_routes USING (nr)) AS numbered`,
]

/** Fills the roll-ups of a migrated, empty database, oldest day first. */
export async function fillRollups(db: Database, world: ReportWorld): Promise<void> {
  const todayMs = Math.floor(world.nowMs / DAY_MS) * DAY_MS
  await ensurePartition(db, { table: 'ledger_entries', monthMs: todayMs })
  const client = await db.pool.connect()
  try {
    if (db.kind === 'postgres') await client.query(`SET jit = off; SET work_mem = '256MB'`)
    await client.query('SELECT setseed(0.5)')
    await client.query(routesStatement)
    for (let ago = world.days - 1; ago >= 0; ago -= 1)
      await fillDay(client, world, { startMs: todayMs - ago * DAY_MS, isNewest: ago === 0 })
  } finally {
    client.release(true)
  }
  for (const table of ['usage_days', 'usage_months', 'route_rollups', 'creator_rollups', 'ledger_entries'])
    await db.pool.query(`VACUUM (ANALYZE) ${table}`)
}

async function fillDay(
  client: PoolClient,
  { requests, days, creators, accounts, nowMs }: ReportWorld,
  { startMs, isNewest }: { startMs: number; isNewest: boolean },
): Promise<void> {
  const literals = [
    Math.round(requests / days),
    `'${new Date(startMs).toISOString()}'`,
    creators,
    accounts,
    `'${new Date(nowMs).toISOString()}'`,
  ]
  // A table that is created from a query takes no parameters.
  await client.query(
    dayStatement.replace(/\$(\d)/g, (_, place: string) => String(literals[Number(place) - 1])),
  )
  await client.query(groupsStatement)
  for (const statement of isNewest ? [...rollupStatements, ...newestStatements] : rollupStatements)
    await client.query(statement)
  await client.query('DROP TABLE bench_day, bench_groups')
}
