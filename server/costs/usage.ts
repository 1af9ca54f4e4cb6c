import { readCostFigures } from '#server/costs/read-cost-report'
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

/** Totals of the requests that started in [`fromMs`, `toMs`): those of the cost report, exact for any span. */
export async function accountUsage(
  db: Pick<Database, 'pool' | 'kind'>,
  span: { accountId: string; fromMs: number; toMs: number; nowMs: number },
): Promise<AccountUsage> {
  const { accountId, fromMs, toMs, nowMs } = span
  const whole = { groupBy: [], granularity: null, top: null }
  const { totals } = await readCostFigures(db, { filter: { accountId }, fromMs, toMs, ...whole }, nowMs)
  const { requests, inputTokens, cachedInputTokens, outputTokens, costPicoUsd, unpricedRequests } = totals
  return { requests, inputTokens, cachedInputTokens, outputTokens, costPicoUsd, unpricedRequests }
}
