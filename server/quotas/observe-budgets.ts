import { sql } from 'drizzle-orm'
import type { Observation } from '#lib/alerts/observation'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import type { Budget } from '#lib/quotas/effective-meters'
import type { Meter } from '#lib/quotas/quota-terms'
import { windowOf } from '#lib/quotas/window-of'
import { budgetCrossings } from '#schema/quotas'
import type { Container } from '#server/create-container'
import { readTotals, shareOf } from '#server/quotas/read-usage'

type Parts = Pick<Container, 'db' | 'quotas'>

/** In percent of a budget. */
export const budgetThresholds = [80, 90, 100] as const

export interface BudgetUse {
  budget: Budget
  usedPicoUsd: bigint
  share: number
  windowStartMs: number
  windowEndMs: number
}

/** The meter that counts a budget. */
function meterOf({ accountId, scope, scopeId, window, kind, limitPicoUsd }: Budget): Meter {
  const limit = kind === 'hard' ? limitPicoUsd : null
  return { accountId, scope, scopeId, measure: 'cost', window, limit, by: 'budget' }
}

/** What is used of every budget in its window of the moment. */
export async function readBudgetUse(parts: Parts, nowMs: number): Promise<BudgetUse[]> {
  const budgets = parts.quotas.rules.budgets()
  const totals = await readTotals(parts, budgets.map(meterOf), nowMs)
  return budgets.map((budget, index) => {
    const usedPicoUsd = totals[index]?.used ?? 0n
    const { startMs, endMs } = windowOf(budget.window, nowMs)
    const share = shareOf(usedPicoUsd, budget.limitPicoUsd)
    return { budget, usedPicoUsd, share, windowStartMs: startMs, windowEndMs: endMs }
  })
}

/**
 * `budget.used_ratio` of every budget, for the alerts. Writes down each threshold that is crossed, once per window,
 * whoever sees it first.
 */
export function observeBudgets(parts: Parts): (nowMs: number) => Promise<readonly Observation[]> {
  return async (nowMs) => {
    const uses = await readBudgetUse(parts, nowMs)
    await writeCrossings(parts, uses, nowMs)
    return uses.map(({ budget, share, usedPicoUsd }) => ({
      metric: 'budget.used_ratio',
      labels: {
        budget: budget.id,
        account: budget.accountId,
        scope: budget.scope,
        id: budget.scopeId,
        window: budget.window,
        kind: budget.kind,
      },
      value: share,
      unit: 'ratio',
      requestIds: [],
      detail: `${picoToUsdDecimal(usedPicoUsd)} of ${picoToUsdDecimal(budget.limitPicoUsd)} USD of this ${budget.window} are spent.`,
    }))
  }
}

async function writeCrossings({ db }: Parts, uses: readonly BudgetUse[], nowMs: number): Promise<void> {
  const rows = uses.flatMap(({ budget, usedPicoUsd, windowStartMs }) =>
    budgetThresholds
      .filter((threshold) => usedPicoUsd * 100n >= budget.limitPicoUsd * BigInt(threshold))
      .map((threshold) => ({
        accountId: budget.accountId,
        budgetId: budget.id,
        windowStart: new Date(windowStartMs),
        threshold,
        at: new Date(nowMs),
        usedPicoUsd,
        limitPicoUsd: budget.limitPicoUsd,
      })),
  )
  if (rows.length > 0) await db.orm.insert(budgetCrossings).values(rows).onConflictDoNothing()
}

/** Crossings of the windows that began at or after a moment, by budget. */
export async function readCrossings(
  { db }: Pick<Parts, 'db'>,
  sinceMs: number,
): Promise<ReadonlyMap<string, readonly (typeof budgetCrossings.$inferSelect)[]>> {
  const rows = await db.orm
    .select()
    .from(budgetCrossings)
    .where(sql`${budgetCrossings.windowStart} >= ${new Date(sinceMs).toISOString()}::timestamptz`)
  return Map.groupBy(rows, ({ budgetId }) => budgetId)
}
