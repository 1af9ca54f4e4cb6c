import { eq } from 'drizzle-orm'
import type { PlanBody } from '#lib/contracts/quotas'
import { unlimitedPlan } from '#lib/quotas/built-in-plans'
import { parseAmount } from '#lib/quotas/quota-amount'
import { quotaPlans } from '#schema/quotas'
import { AppError } from '#server/http/app-error'
import { commitQuotaChange, type QuotaChange, type QuotaChangeParts } from '#server/quotas/quota-change'

/** Makes a plan or puts another in its place. @throws AppError `invalid_request` for the plan `unlimited`, which stays. */
export async function changePlan(
  parts: QuotaChangeParts,
  { actor, body, requestId }: QuotaChange<PlanBody>,
): Promise<void> {
  const { name, onAuthorityLoss, reason } = body
  if (name === unlimitedPlan.name) {
    throw new AppError('invalid_request', {
      message: 'name: the plan "unlimited" cannot be changed; make another plan for what should be limited.',
      param: 'name',
      errors: [{ path: 'name', message: 'cannot be "unlimited"' }],
    })
  }
  const limits = body.limits.map(({ limit, ...one }) => ({
    ...one,
    limit: String(parseAmount(one.measure, limit) ?? 0n),
  }))
  const row = { onAuthorityLoss, limits, changedBy: actor.id, changedAt: new Date(parts.clock.nowMs()) }
  await commitQuotaChange(parts, async (tx) => {
    const [before] = await tx.select().from(quotaPlans).where(eq(quotaPlans.name, name)).for('update')
    await tx
      .insert(quotaPlans)
      .values({ name, ...row })
      .onConflictDoUpdate({ target: quotaPlans.name, set: row })
    return {
      action: 'quota.change_plan',
      actorId: actor.id,
      resource: `plan/${name}`,
      before: before ? { onAuthorityLoss: before.onAuthorityLoss, limits: before.limits } : null,
      after: { onAuthorityLoss, limits },
      reason,
      correlationId: requestId,
    }
  })
}
