import { and, eq, isNull } from 'drizzle-orm'
import type { OverrideBody } from '#lib/contracts/quotas'
import { parseAmount } from '#lib/quotas/quota-amount'
import { quotaOverrides } from '#schema/quotas'
import { newId } from '#server/access/new-id'
import { AppError } from '#server/http/app-error'
import { commitQuotaChange, type QuotaChange, type QuotaChangeParts } from '#server/quotas/quota-change'
import { requireOwnScope } from '#server/quotas/require-own-scope'

/** Lets an exception stand in place of plan and budget until it expires. @throws AppError `invalid_request`. */
export async function setOverride(
  parts: QuotaChangeParts,
  { actor, body, requestId }: QuotaChange<OverrideBody>,
): Promise<{ id: string }> {
  requireOwnScope(body)
  const createdAt = new Date(parts.clock.nowMs())
  const expiresAt = new Date(body.expiresAt)
  if (expiresAt <= createdAt) {
    const message = 'must lie in the future'
    throw new AppError('invalid_request', {
      message: `expiresAt: ${message}`,
      param: 'expiresAt',
      errors: [{ path: 'expiresAt', message }],
    })
  }
  const { accountId, scope, scopeId, measure, window, reason } = body
  const limit = body.limit === null ? null : parseAmount(measure, body.limit)
  const id = newId('ovr')
  await commitQuotaChange(parts, async (tx) => {
    const what = { accountId, id, scope, scopeId, measure, window, limit, reason }
    await tx.insert(quotaOverrides).values({ ...what, expiresAt, createdBy: actor.id, createdAt })
    return {
      action: 'quota.override',
      actorId: actor.id,
      resource: `override/${id}`,
      accountId,
      after: { scope, measure, window, limit: limit?.toString() ?? null, expiresAt: expiresAt.toISOString() },
      reason,
      correlationId: requestId,
    }
  })
  return { id }
}

/** Ends an exception before its time. @throws AppError `not_found` when there is none, or it has ended. */
export async function endOverride(
  parts: QuotaChangeParts,
  { actor, body, requestId }: QuotaChange<{ id: string; accountId: string; reason: string }>,
): Promise<void> {
  const { id, accountId, reason } = body
  await commitQuotaChange(parts, async (tx) => {
    const [ended] = await tx
      .update(quotaOverrides)
      .set({ endedAt: new Date(parts.clock.nowMs()), endedBy: actor.id })
      .where(
        and(
          eq(quotaOverrides.accountId, accountId),
          eq(quotaOverrides.id, id),
          isNull(quotaOverrides.endedAt),
        ),
      )
      .returning()
    if (!ended)
      throw new AppError('not_found', { message: 'No running override of this account has this id.' })
    return {
      action: 'quota.end_override',
      actorId: actor.id,
      resource: `override/${id}`,
      accountId,
      before: { expiresAt: ended.expiresAt.toISOString() },
      after: { endedAt: ended.endedAt?.toISOString() ?? null },
      reason,
      correlationId: requestId,
    }
  })
}
