import { LRUCache } from 'lru-cache'
import { effectiveMeters, type QuotaSubject } from '#lib/quotas/effective-meters'
import type { Meter, QuotaPlan } from '#lib/quotas/quota-terms'
import type { LeaseHolder } from '#server/quotas/lease-holder'
import type { QuotaAuthority } from '#server/quotas/quota-authority'
import type { QuotaRuleStore } from '#server/quotas/quota-rules'

/** What limits a subject's requests at the moment. */
export interface SubjectQuota {
  plan: QuotaPlan
  /** Empty = nothing is limited and nothing is counted. */
  meters: readonly Meter[]
  /** Must the tokens of a request be estimated before it goes? */
  estimates: boolean
}

/** Limits and what is used of them: `container.quotas`. */
export interface Quotas {
  rules: QuotaRuleStore
  holder: LeaseHolder
  authority: QuotaAuthority
  /** Memory only. */
  subjectQuota(subject: QuotaSubject & { plan: string }, nowMs: number): SubjectQuota
  close(): Promise<void>
}

interface CachedQuota extends SubjectQuota {
  revision: number
  /** When an override ends, since 1970. */
  untilMs: number
}

const mostSubjects = 20_000
const none: readonly never[] = []

export function createQuotas({
  rules,
  holder,
  authority,
  close,
}: Pick<Quotas, 'rules' | 'holder' | 'authority' | 'close'>): Quotas {
  const cache = new LRUCache<string, CachedQuota>({ max: mostSubjects })
  return {
    rules,
    holder,
    authority,
    close,
    subjectQuota({ plan, ...subject }, nowMs) {
      const { accountId, keyId, creatorId } = subject
      const held = rules.rulesOf(accountId, plan)
      if (held.plan.limits.length === 0 && held.budgets.length === 0)
        return { plan: held.plan, meters: none, estimates: false }
      const key = `${plan}\n${accountId}\n${keyId}\n${creatorId ?? ''}`
      const known = cache.get(key)
      if (known && known.revision === rules.revision() && nowMs < known.untilMs) return known
      const fresh = resolveQuota(rules, { plan, ...subject }, nowMs)
      cache.set(key, fresh)
      return fresh
    },
  }
}

function resolveQuota(
  rules: QuotaRuleStore,
  { plan, ...subject }: QuotaSubject & { plan: string },
  nowMs: number,
): CachedQuota {
  const held = rules.rulesOf(subject.accountId, plan)
  const meters = effectiveMeters(held, subject, nowMs)
  const ends = held.overrides.map(({ expiresAtMs }) => expiresAtMs).filter((ms) => ms > nowMs)
  return {
    plan: held.plan,
    meters,
    estimates: meters.some(({ measure }) => measure === 'tokens' || measure === 'cost'),
    revision: rules.revision(),
    untilMs: Math.min(Number.POSITIVE_INFINITY, ...ends),
  }
}
