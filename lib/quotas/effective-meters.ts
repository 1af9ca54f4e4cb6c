import { type Meter, meterKey, type QuotaPlan, type QuotaScope } from '#lib/quotas/quota-terms'

/** Who asks, as far as quotas go. */
export interface QuotaSubject {
  accountId: string
  keyId: string
  creatorId: string | null
}

/** Money that may be spent in a window: `hard` stops what would exceed it, `soft` only tells. */
export interface Budget {
  id: string
  accountId: string
  scope: QuotaScope
  scopeId: string
  window: 'day' | 'month'
  limitPicoUsd: bigint
  kind: 'soft' | 'hard'
}

/** An operator's exception for one meter, in place of plan and budget, until it ends by itself. */
export interface QuotaOverride extends Pick<Meter, 'accountId' | 'scope' | 'scopeId' | 'measure' | 'window'> {
  id: string
  /** Null lifts the limit. */
  limit: bigint | null
  expiresAtMs: number
}

export interface QuotaRules {
  plan: QuotaPlan
  /** Of the subject's account. */
  budgets: readonly Budget[]
  overrides: readonly QuotaOverride[]
}

/**
 * What holds for a subject now: the plan's limits and the budgets, the lower of two that count the same, and overrides in
 * place of both. In order of their keys.
 */
export function effectiveMeters(
  { plan, budgets, overrides }: QuotaRules,
  subject: QuotaSubject,
  nowMs: number,
): Meter[] {
  const meters = new Map<string, Meter>()
  const add = (meter: Meter) => {
    const key = meterKey(meter)
    meters.set(key, stricter(meters.get(key), meter))
  }
  for (const limit of plan.limits) {
    const scopeId = idIn(subject, limit.scope)
    if (scopeId !== null) add({ ...limit, accountId: subject.accountId, scopeId, by: 'plan' })
  }
  for (const { scope, scopeId, window, kind, limitPicoUsd } of budgets) {
    if (scopeId !== idIn(subject, scope)) continue
    const limit = kind === 'hard' ? limitPicoUsd : null
    add({ accountId: subject.accountId, scope, scopeId, measure: 'cost', window, limit, by: 'budget' })
  }
  for (const { limit, expiresAtMs, ...override } of overrides) {
    const key = meterKey(override)
    const present = meters.get(key)
    if (present && expiresAtMs > nowMs) meters.set(key, { ...present, limit, by: 'override' })
  }
  return [...meters].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, meter]) => meter)
}

/** Id of the account, key or creator that a scope means for a subject; null = it has none. */
function idIn({ accountId, keyId, creatorId }: QuotaSubject, scope: QuotaScope): string | null {
  if (scope === 'account') return accountId
  return scope === 'key' ? keyId : creatorId
}

function stricter(a: Meter | undefined, b: Meter): Meter {
  if (!a || a.limit === null) return b
  return b.limit !== null && b.limit < a.limit ? b : a
}
