import { and, asc, gt, isNull, sql } from 'drizzle-orm'
import type { BudgetView, OverrideView, PlanView, QuotasView } from '#lib/contracts/quotas'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { builtInPlans } from '#lib/quotas/built-in-plans'
import { amountText } from '#lib/quotas/quota-amount'
import { windowOf } from '#lib/quotas/window-of'
import { apiKeys } from '#schema/access'
import { quotaOverrides } from '#schema/quotas'
import type { Container } from '#server/create-container'
import { readBudgetUse, readCrossings } from '#server/quotas/observe-budgets'
import { readUsage } from '#server/quotas/read-usage'

type Parts = Pick<Container, 'db' | 'quotas' | 'clock' | 'env' | 'ledger'>

/** Everything that the Quotas page shows. */
export async function readQuotas(parts: Parts): Promise<QuotasView> {
  await parts.ledger.caughtUp()
  const { env, db, quotas } = parts
  const usage = await readUsage(parts)
  return {
    plans: await readPlans(parts),
    usage,
    budgets: await readBudgets(parts),
    overrides: await readOverrides(parts),
    authority: {
      kind: env.REDIS_URL === undefined ? db.kind : 'redis',
      answers: quotas.holder.authorityAnswers(),
    },
  }
}

async function readPlans({ db, quotas }: Parts): Promise<PlanView[]> {
  const counts = await db.orm
    .select({ plan: apiKeys.plan, keys: sql<number>`count(*)::int` })
    .from(apiKeys)
    .where(isNull(apiKeys.revokedAt))
    .groupBy(apiKeys.plan)
  const keysOf = new Map(counts.map(({ plan, keys }) => [plan, keys]))
  return quotas.rules.plans().map(({ name, onAuthorityLoss, limits }) => ({
    name,
    builtIn: builtInPlans.some((plan) => plan.name === name),
    onAuthorityLoss,
    limits: limits.map((one) => ({ ...one, limit: amountText(one.measure, one.limit) })),
    keys: keysOf.get(name) ?? 0,
  }))
}

async function readBudgets(parts: Parts): Promise<BudgetView[]> {
  const nowMs = parts.clock.nowMs()
  const uses = await readBudgetUse(parts, nowMs)
  const crossings = await readCrossings(parts, windowOf('month', nowMs).startMs)
  const views = uses.map(({ budget, usedPicoUsd, share, windowStartMs, windowEndMs }) => {
    const { limitPicoUsd, ...named } = budget
    const crossed = (crossings.get(budget.id) ?? [])
      .filter(({ windowStart }) => windowStart.getTime() === windowStartMs)
      .map(({ threshold, at }) => ({ threshold, at: at.toISOString() }))
      .sort((a, b) => a.threshold - b.threshold)
    return {
      id: named.id,
      accountId: named.accountId,
      scope: named.scope,
      scopeId: named.scopeId,
      window: named.window,
      kind: named.kind,
      limitUsd: picoToUsdDecimal(limitPicoUsd),
      usedUsd: picoToUsdDecimal(usedPicoUsd),
      share,
      resetAt: new Date(windowEndMs).toISOString(),
      crossed,
    }
  })
  return views.sort((a, b) => b.share - a.share)
}

async function readOverrides({ db, clock }: Parts): Promise<OverrideView[]> {
  const rows = await db.orm
    .select()
    .from(quotaOverrides)
    .where(and(isNull(quotaOverrides.endedAt), gt(quotaOverrides.expiresAt, new Date(clock.nowMs()))))
    .orderBy(asc(quotaOverrides.expiresAt))
  return rows.map(
    ({ id, accountId, scope, scopeId, measure, window, limit, expiresAt, reason, createdBy }) => ({
      id,
      accountId,
      scope,
      scopeId,
      measure,
      window,
      limit: limit === null ? null : amountText(measure, limit),
      expiresAt: expiresAt.toISOString(),
      reason,
      createdBy,
    }),
  )
}
