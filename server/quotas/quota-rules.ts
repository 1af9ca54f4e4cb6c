import { and, gt, isNull } from 'drizzle-orm'
import { builtInPlans } from '#lib/quotas/built-in-plans'
import type { Budget, QuotaOverride, QuotaRules } from '#lib/quotas/effective-meters'
import type { QuotaPlan } from '#lib/quotas/quota-terms'
import { budgets, quotaOverrides, quotaPlans } from '#schema/quotas'
import type { Database } from '#server/db/database'

/** Plans, budgets and overrides: read from memory on the hot path, reloaded when the configuration version moves. */
export interface QuotaRuleStore {
  /** Rises with every reload: what was derived from older rules is stale. */
  revision(): number
  plans(): readonly QuotaPlan[]
  /** The plan of that name; the smallest of the built-in ones for a name that is not known. */
  planOf(name: string): QuotaPlan
  hasPlan(name: string): boolean
  rulesOf(accountId: string, planName: string): QuotaRules
  budgets(): readonly Budget[]
  reload(): Promise<void>
}

interface LoadedRules {
  plans: ReadonlyMap<string, QuotaPlan>
  budgets: ReadonlyMap<string, readonly Budget[]>
  overrides: ReadonlyMap<string, readonly QuotaOverride[]>
}

export function createQuotaRuleStore(db: Pick<Database, 'orm'>, nowMs: () => number): QuotaRuleStore {
  let rules: LoadedRules = { plans: withBuiltIn([]), budgets: new Map(), overrides: new Map() }
  let revision = 0
  let loadsStarted = 0
  const planOf = (name: string) => rules.plans.get(name) ?? rules.plans.get('starter') ?? smallest
  return {
    revision: () => revision,
    plans: () => [...rules.plans.values()],
    planOf,
    hasPlan: (name) => rules.plans.has(name),
    rulesOf: (accountId, planName) => ({
      plan: planOf(planName),
      budgets: rules.budgets.get(accountId) ?? none,
      overrides: rules.overrides.get(accountId) ?? none,
    }),
    budgets: () => [...rules.budgets.values()].flat(),
    async reload() {
      loadsStarted += 1
      const load = loadsStarted
      const loaded = await loadRules(db, nowMs())
      if (load < revision) return
      rules = loaded
      revision = load
    },
  }
}

const none: readonly never[] = []
const smallest: QuotaPlan = { name: 'starter', onAuthorityLoss: 'closed', limits: [] }

function withBuiltIn(stored: readonly QuotaPlan[]): Map<string, QuotaPlan> {
  return new Map([...builtInPlans, ...stored].map((plan) => [plan.name, plan]))
}

async function loadRules({ orm }: Pick<Database, 'orm'>, nowMs: number): Promise<LoadedRules> {
  const plans = await orm.select().from(quotaPlans)
  const money = await orm.select().from(budgets)
  const exceptions = await orm
    .select()
    .from(quotaOverrides)
    .where(and(isNull(quotaOverrides.endedAt), gt(quotaOverrides.expiresAt, new Date(nowMs))))
  return {
    plans: withBuiltIn(plans.map(toPlan)),
    budgets: Map.groupBy(money, ({ accountId }) => accountId),
    overrides: Map.groupBy(exceptions.map(toOverride), ({ accountId }) => accountId),
  }
}

export function toPlan({ name, onAuthorityLoss, limits }: typeof quotaPlans.$inferSelect): QuotaPlan {
  return { name, onAuthorityLoss, limits: limits.map((one) => ({ ...one, limit: BigInt(one.limit) })) }
}

function toOverride({ expiresAt, ...row }: typeof quotaOverrides.$inferSelect): QuotaOverride {
  return { ...row, expiresAtMs: expiresAt.getTime() }
}
