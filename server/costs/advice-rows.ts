import type { AdviceRow, DeploymentHour } from '#lib/costs/advice-row'
import type { Database } from '#server/db/database'

export interface AdviceSpan {
  accountId: string
  fromMs: number
  toMs: number
}

/** Columns as `pg` hands them over: sums are numeric and come as text. */
type Texts<T> = { [K in keyof T]: T[K] extends number ? string : T[K] }
type Flat = Omit<AdviceRow, 'whenCached' | 'whenTruncated'> & {
  thenCached: number
  thenWritten: number
  longRequests: number
  keptInput: number
}

/**
 * The account's ledger rows that have a price, added up by what makes them alike. One scan of the account's part of the
 * ledger, by its primary key.
 */
export async function readAdviceRows(
  db: Pick<Database, 'pool'>,
  { accountId, fromMs, toMs, keepTokens }: AdviceSpan & { keepTokens: number },
): Promise<AdviceRow[]> {
  const { rows } = await db.pool.query<Texts<Flat>>(adviceStatement, [
    accountId,
    new Date(fromMs).toISOString(),
    new Date(toMs).toISOString(),
    keepTokens,
  ])
  return rows.map(({ thenCached, thenWritten, longRequests, keptInput, ...row }) => ({
    ...row,
    requests: Number(row.requests),
    maxInputTokens: Number(row.maxInputTokens),
    ...tokens(row),
    whenCached: { cachedInputTokens: Number(thenCached), cacheWriteTokens: Number(thenWritten) },
    whenTruncated: { requests: Number(longRequests), inputTokens: Number(keptInput) },
  }))
}

/**
 * Providers keep a prompt's beginning for about five minutes and find it again in steps of 128 tokens from 1,024 on.
 * Source: Azure's prompt caching guide (how-to/prompt-caching), as of 2026-03-19.
 */
const adviceStatement = `
WITH requests AS (
  SELECT account_id, operation, tier, provider, deployment_id, model, kind, session_id,
    NOT streamed AND session_id IS NULL AS can_wait,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    session_id IS NOT NULL AND lag(started_at) OVER session > started_at - interval '5 minutes' AS follows,
    lag(input_tokens) OVER session AS earlier_tokens
  FROM ledger_entries
  WHERE account_id = $1 AND started_at >= $2::timestamptz AND started_at < $3::timestamptz
    AND cost_pico_usd IS NOT NULL AND model <> ''
  WINDOW session AS (PARTITION BY session_id, deployment_id, model ORDER BY started_at, id)
), known AS (
  SELECT *, CASE WHEN follows AND least(earlier_tokens, input_tokens) >= 1024
    THEN greatest(cached_input_tokens, least(earlier_tokens, input_tokens) / 128 * 128)
    ELSE cached_input_tokens END AS then_cached
  FROM requests
)
SELECT account_id AS "accountId", operation, tier, provider, deployment_id AS "deploymentId", model, kind, can_wait AS "deferrable",
  count(*)::text AS requests, max(input_tokens)::text AS "maxInputTokens",
  sum(input_tokens)::text AS "inputTokens", sum(cached_input_tokens)::text AS "cachedInputTokens",
  sum(cache_write_tokens)::text AS "cacheWriteTokens", sum(output_tokens)::text AS "outputTokens",
       sum(reasoning_tokens)::text AS "reasoningTokens",
  sum(then_cached)::text AS "thenCached",
  sum(CASE WHEN session_id IS NULL THEN least(cache_write_tokens, input_tokens - then_cached)
    ELSE input_tokens - then_cached END)::text AS "thenWritten",
  count(*) FILTER (WHERE input_tokens > $4::int)::text AS "longRequests",
  sum(least(input_tokens, $4::int))::text AS "keptInput"
FROM known
GROUP BY account_id, operation, tier, provider, deployment_id, model, kind, can_wait, input_tokens > $4::int`

/** Load by deployment and hour, from the roll-ups; of one account or of all. */
export async function readDeploymentHours(
  db: Pick<Database, 'pool'>,
  { accountId, fromMs, toMs }: Omit<AdviceSpan, 'accountId'> & { accountId: string | null },
): Promise<DeploymentHour[]> {
  const { rows } = await db.pool.query<Texts<DeploymentHour>>(
    `SELECT coalesce($3::text, '') AS "accountId", provider, deployment_id AS "deploymentId", model,
       (extract(epoch FROM bucket_start) * 1000)::bigint::text AS "hourStartMs", sum(requests)::text AS requests,
       sum(input_tokens)::text AS "inputTokens", sum(cached_input_tokens)::text AS "cachedInputTokens",
       sum(cache_write_tokens)::text AS "cacheWriteTokens", sum(output_tokens)::text AS "outputTokens",
       sum(reasoning_tokens)::text AS "reasoningTokens"
     FROM route_rollups
     WHERE grain = 'hour' AND bucket_start >= $1::timestamptz AND bucket_start < $2::timestamptz
       AND ($3::text IS NULL OR account_id = $3) AND model <> ''
     GROUP BY provider, deployment_id, model, bucket_start`,
    [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), accountId],
  )
  return rows.map((row) => ({
    ...row,
    hourStartMs: Number(row.hourStartMs),
    requests: Number(row.requests),
    ...tokens(row),
  }))
}

interface TokenTexts {
  inputTokens: string
  cachedInputTokens: string
  cacheWriteTokens: string
  outputTokens: string
  reasoningTokens: string
}

function tokens(row: TokenTexts) {
  return {
    inputTokens: Number(row.inputTokens),
    cachedInputTokens: Number(row.cachedInputTokens),
    cacheWriteTokens: Number(row.cacheWriteTokens),
    outputTokens: Number(row.outputTokens),
    reasoningTokens: Number(row.reasoningTokens),
  }
}

/** The accounts that cost most in the span, dearest first. */
export async function dearestAccounts(
  db: Pick<Database, 'pool'>,
  { fromMs, toMs, count }: { fromMs: number; toMs: number; count: number },
): Promise<string[]> {
  const { rows } = await db.pool.query<{ account: string }>(
    `SELECT account_id AS account FROM route_rollups
     WHERE grain = 'day' AND bucket_start >= $1::timestamptz AND bucket_start < $2::timestamptz
     GROUP BY account_id HAVING sum(cost_pico_usd) > 0 ORDER BY sum(cost_pico_usd) DESC, account_id LIMIT $3`,
    [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), count],
  )
  return rows.map(({ account }) => account)
}
