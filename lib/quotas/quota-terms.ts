/** Whose use is limited: all of an account's, one of its keys', or what it does for one of its creators. */
export const quotaScopes = ['account', 'key', 'creator'] as const
export type QuotaScope = (typeof quotaScopes)[number]

/** What is counted. Cost is in pico-USD; `concurrent` counts the requests that run at the same time. */
export const quotaMeasures = ['requests', 'tokens', 'cost', 'concurrent'] as const
export type QuotaMeasure = (typeof quotaMeasures)[number]

/** In which span of time (UTC); `running` is the span of the request itself and goes with `concurrent` alone. */
export const quotaWindows = ['minute', 'day', 'month', 'running'] as const
export type QuotaWindow = (typeof quotaWindows)[number]

/** One limit of a plan, for every account, key or creator under it. */
export interface QuotaLimit {
  scope: QuotaScope
  measure: QuotaMeasure
  window: QuotaWindow
  /** Greatest use in one window: a count, tokens, or pico-USD. */
  limit: bigint
}

/** What an account may use. */
export interface QuotaPlan {
  name: string
  /** Admit (`open`) or refuse (`closed`) what cannot be counted because the authority does not answer. */
  onAuthorityLoss: 'open' | 'closed'
  limits: readonly QuotaLimit[]
}

/** What is limited and counted together: one counter per window. */
export interface Meter {
  accountId: string
  scope: QuotaScope
  /** Id of the account, key or creator. */
  scopeId: string
  measure: QuotaMeasure
  window: QuotaWindow
  /** Greatest use in one window; null = counted, never refused. */
  limit: bigint | null
  /** What the limit comes from. */
  by: 'plan' | 'budget' | 'override'
}

/** Names the meter within its account. The id comes last, because it may hold any character. */
export function meterKey({
  scope,
  measure,
  window,
  scopeId,
}: Pick<Meter, 'scope' | 'measure' | 'window' | 'scopeId'>): string {
  return `${scope}/${measure}/${window}/${scopeId}`
}
