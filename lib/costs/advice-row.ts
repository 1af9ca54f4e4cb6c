/** Tokens as one or many requests used them; the parts of the input as in `Usage`. Safe integers. */
export interface TokenSums {
  inputTokens: number
  cachedInputTokens: number
  cacheWriteTokens: number
  outputTokens: number
  /** Part of the output. */
  reasoningTokens: number
}

/**
 * Ledger rows of one account that are alike, added up; a single row is one of these too. Prices are linear in tokens,
 * so what they would cost otherwise can be computed from the sums, to the pico-USD. Only requests that have a price.
 */
export interface AdviceRow extends TokenSums {
  accountId: string
  operation: string
  tier: string
  provider: string
  deploymentId: string
  model: string
  kind: 'chat' | 'embeddings'
  /** Neither streamed nor part of a session: nobody was seen to wait for it. */
  deferrable: boolean
  requests: number
  maxInputTokens: number
  /** The input if each session's requests had found what the one before sent in the provider's cache. */
  whenCached: Pick<TokenSums, 'cachedInputTokens' | 'cacheWriteTokens'>
  /** The input cut to the limit asked about. Either all of the requests are longer than that, or none (0). */
  whenTruncated: { requests: number; inputTokens: number }
}

/** Load and tokens of one deployment in one hour. */
export interface DeploymentHour extends TokenSums {
  accountId: string
  provider: string
  deploymentId: string
  model: string
  hourStartMs: number
  requests: number
}
