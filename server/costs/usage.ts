import type { Database } from '#server/db/database'

/** An account's totals over a span; requests of every outcome are in them. */
export interface AccountUsage {
  requests: number
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  costPicoUsd: bigint
  /** Requests whose cost is unknown and therefore not in `costPicoUsd`. */
  unpricedRequests: number
}

const dayMs = 86_400_000

/**
 * Totals of the requests that started in [`fromMs`, `toMs`), exact for any span: whole UTC days come from the daily
 * totals, what is left at both ends from the ledger, all in one snapshot. Ends of a span that lie in days past the
 * ledger's retention count as empty; whole days are kept for good.
 */
export async function accountUsage(
  db: Pick<Database, 'pool'>,
  { accountId, fromMs, toMs }: { accountId: string; fromMs: number; toMs: number },
): Promise<AccountUsage> {
  const firstDayMs = Math.ceil(fromMs / dayMs) * dayMs
  const endDayMs = Math.floor(toMs / dayMs) * dayMs
  const wholeDays = firstDayMs < endDayMs
  // Without a whole day in between, the span is one piece of the ledger and the second piece is empty.
  const pieces = wholeDays ? [fromMs, firstDayMs, endDayMs, toMs] : [fromMs, toMs, toMs, toMs]
  const days = wholeDays ? [firstDayMs, endDayMs] : [0, 0]
  const { rows } = await db.pool.query<Record<keyof AccountUsage, string>>(usageStatement, [
    accountId,
    ...days.map((ms) => new Date(ms).toISOString().slice(0, 10)),
    ...pieces.map((ms) => new Date(ms).toISOString()),
  ])
  const [total] = rows
  return {
    requests: Number(total?.requests ?? 0),
    inputTokens: Number(total?.inputTokens ?? 0),
    cachedInputTokens: Number(total?.cachedInputTokens ?? 0),
    outputTokens: Number(total?.outputTokens ?? 0),
    costPicoUsd: BigInt(total?.costPicoUsd ?? 0),
    unpricedRequests: Number(total?.unpricedRequests ?? 0),
  }
}

const usageStatement = `
SELECT coalesce(sum(requests), 0)::text AS "requests",
  coalesce(sum(input_tokens), 0)::text AS "inputTokens",
  coalesce(sum(cached_input_tokens), 0)::text AS "cachedInputTokens",
  coalesce(sum(output_tokens), 0)::text AS "outputTokens",
  coalesce(sum(cost_pico_usd), 0)::text AS "costPicoUsd",
  coalesce(sum(unpriced), 0)::text AS "unpricedRequests"
FROM (
  SELECT requests, input_tokens, cached_input_tokens, output_tokens, cost_pico_usd, unpriced
  FROM usage_days WHERE account_id = $1 AND day >= $2::date AND day < $3::date
  UNION ALL
  SELECT 1, input_tokens, cached_input_tokens, output_tokens, cost_pico_usd, (cost_pico_usd IS NULL)::int
  FROM ledger_entries
  WHERE account_id = $1 AND (
    started_at >= $4::timestamptz AND started_at < $5::timestamptz
    OR started_at >= $6::timestamptz AND started_at < $7::timestamptz)
) AS parts`
