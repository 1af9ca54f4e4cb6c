import { and, eq } from 'drizzle-orm'
import type { BudgetBody } from '#lib/contracts/quotas'
import { usdToPico } from '#lib/quotas/quota-amount'
import { budgets } from '#schema/quotas'
import { newId } from '#server/access/new-id'
import { AppError } from '#server/http/app-error'
import { commitQuotaChange, type QuotaChange, type QuotaChangeParts } from '#server/quotas/quota-change'
import { requireOwnScope } from '#server/quotas/require-own-scope'

/** Sets a budget; the one for the same account, scope, id and window goes. */
export async function setBudget(
  parts: QuotaChangeParts,
  { actor, body, requestId }: QuotaChange<BudgetBody>,
): Promise<{ id: string }> {
  requireOwnScope(body)
  const { accountId, scope, scopeId, window, kind, reason } = body
  const limitPicoUsd = usdToPico(body.limitUsd) ?? 0n
  const id = newId('bud')
  await commitQuotaChange(parts, async (tx) => {
    const replaced = await tx
      .delete(budgets)
      .where(
        and(
          eq(budgets.accountId, accountId),
          eq(budgets.scope, scope),
          eq(budgets.scopeId, scopeId),
          eq(budgets.window, window),
        ),
      )
      .returning()
    const changed = { changedBy: actor.id, changedAt: new Date(parts.clock.nowMs()) }
    await tx.insert(budgets).values({ accountId, id, scope, scopeId, window, limitPicoUsd, kind, ...changed })
    return {
      action: 'quota.set_budget',
      actorId: actor.id,
      resource: `budget/${id}`,
      accountId,
      before: replaced[0] ? budgetFields(replaced[0]) : null,
      after: budgetFields({ scope, window, kind, limitPicoUsd }),
      reason,
      correlationId: requestId,
    }
  })
  return { id }
}

/** @throws AppError `not_found`. */
export async function removeBudget(
  parts: QuotaChangeParts,
  { actor, body, requestId }: QuotaChange<{ id: string; accountId: string; reason: string }>,
): Promise<void> {
  const { id, accountId, reason } = body
  await commitQuotaChange(parts, async (tx) => {
    const [removed] = await tx
      .delete(budgets)
      .where(and(eq(budgets.accountId, accountId), eq(budgets.id, id)))
      .returning()
    if (!removed) throw new AppError('not_found', { message: 'No budget of this account has this id.' })
    return {
      action: 'quota.remove_budget',
      actorId: actor.id,
      resource: `budget/${id}`,
      accountId,
      before: budgetFields(removed),
      reason,
      correlationId: requestId,
    }
  })
}

function budgetFields(row: Pick<typeof budgets.$inferSelect, 'scope' | 'window' | 'kind' | 'limitPicoUsd'>) {
  const { scope, window, kind, limitPicoUsd } = row
  return { scope, window, kind, limitPicoUsd: limitPicoUsd.toString() }
}
