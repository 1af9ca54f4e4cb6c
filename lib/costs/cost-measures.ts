/** What a set of ledger entries adds up to. Tokens by kind: cached and cache-write are part of the input, reasoning of the output. */
export interface CostMeasures {
  requests: number
  /** Every outcome but success. */
  errors: number
  /** Requests whose cost is unknown and therefore not in `costPicoUsd`. */
  unpricedRequests: number
  /** Requests whose tokens we counted, because the provider did not say. */
  estimatedRequests: number
  inputTokens: number
  cachedInputTokens: number
  cacheWriteTokens: number
  outputTokens: number
  reasoningTokens: number
  costPicoUsd: bigint
}

export const noCost: CostMeasures = {
  requests: 0,
  errors: 0,
  unpricedRequests: 0,
  estimatedRequests: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costPicoUsd: 0n,
}

export function addCosts(rows: readonly CostMeasures[]): CostMeasures {
  const total = { ...noCost }
  for (const row of rows) {
    total.requests += row.requests
    total.errors += row.errors
    total.unpricedRequests += row.unpricedRequests
    total.estimatedRequests += row.estimatedRequests
    total.inputTokens += row.inputTokens
    total.cachedInputTokens += row.cachedInputTokens
    total.cacheWriteTokens += row.cacheWriteTokens
    total.outputTokens += row.outputTokens
    total.reasoningTokens += row.reasoningTokens
    total.costPicoUsd += row.costPicoUsd
  }
  return total
}

/** The cost, or null where there is something and nothing of it has a price: unknown is not zero. */
export function knownCost({ requests, unpricedRequests, costPicoUsd }: CostMeasures): bigint | null {
  return requests > 0 && unpricedRequests === requests ? null : costPicoUsd
}
