import type { QuotaLimit, QuotaPlan } from '#lib/quotas/quota-terms'

const usd = 1_000_000_000_000n

/** The plan of bootstrap keys and of the console itself: nothing is limited, nothing is counted. */
export const unlimitedPlan: QuotaPlan = { name: 'unlimited', onAuthorityLoss: 'open', limits: [] }

interface PlanSize {
  requestsPerMinute: bigint
  tokensPerMinute: bigint
  concurrent: bigint
  usdPerMonth: bigint
}

/** An account's limits, and for one creator a fifth of the rates, so that nobody crowds out the others. */
function limitsOf({ requestsPerMinute, tokensPerMinute, concurrent, usdPerMonth }: PlanSize): QuotaLimit[] {
  return [
    { scope: 'account', measure: 'requests', window: 'minute', limit: requestsPerMinute },
    { scope: 'account', measure: 'tokens', window: 'minute', limit: tokensPerMinute },
    { scope: 'account', measure: 'concurrent', window: 'running', limit: concurrent },
    { scope: 'account', measure: 'cost', window: 'month', limit: usdPerMonth * usd },
    { scope: 'creator', measure: 'requests', window: 'minute', limit: requestsPerMinute / 5n },
  ]
}

const starter: PlanSize = {
  requestsPerMinute: 300n,
  tokensPerMinute: 200_000n,
  concurrent: 50n,
  usdPerMonth: 200n,
}
const pro: PlanSize = {
  requestsPerMinute: 3_000n,
  tokensPerMinute: 2_000_000n,
  concurrent: 300n,
  usdPerMonth: 2_000n,
}
const scale: PlanSize = {
  requestsPerMinute: 15_000n,
  tokensPerMinute: 10_000_000n,
  concurrent: 1_000n,
  usdPerMonth: 20_000n,
}
const enterprise: PlanSize = {
  requestsPerMinute: 60_000n,
  tokensPerMinute: 50_000_000n,
  concurrent: 4_000n,
  usdPerMonth: 200_000n,
}

/** Plans that are there until an operator changes them. */
export const builtInPlans: readonly QuotaPlan[] = [
  { name: 'starter', onAuthorityLoss: 'closed', limits: limitsOf(starter) },
  { name: 'pro', onAuthorityLoss: 'open', limits: limitsOf(pro) },
  { name: 'scale', onAuthorityLoss: 'open', limits: limitsOf(scale) },
  { name: 'enterprise', onAuthorityLoss: 'open', limits: limitsOf(enterprise) },
  unlimitedPlan,
]
