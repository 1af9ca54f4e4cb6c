import type { MeterStanding, QuotaRefusal } from '#lib/quotas/check-quota'
import type { QuotaSubject } from '#lib/quotas/effective-meters'
import { quotaHeaders } from '#lib/quotas/quota-headers'
import { AppError } from '#server/http/app-error'
import type { Quotas } from '#server/quotas/quotas'
import type { QuotaAmounts, Reservation } from '#server/quotas/slot-demands'

export interface QuotaCall {
  subject: QuotaSubject & { plan: string }
  /** When the request began, since 1970. */
  atMs: number
  nowMs: number
  /** The most that the request may use; asked only where tokens or money are limited. */
  estimate(): Promise<QuotaAmounts>
}

const noAmounts: QuotaAmounts = { tokens: 0n, costPicoUsd: 0n }

/**
 * Sets aside what a request may use; null where nothing is limited.
 *
 * @throws AppError `rate_limit_exceeded` or `insufficient_quota` with what OpenAI's clients look for, `quota_unavailable`
 * when it cannot be counted and its plan says to refuse then.
 */
export async function reserveQuota(
  quotas: Pick<Quotas, 'subjectQuota' | 'holder'>,
  call: QuotaCall,
): Promise<Reservation | null> {
  const { meters, plan, estimates } = quotas.subjectQuota(call.subject, call.nowMs)
  if (meters.length === 0) return null
  const amounts = estimates ? await call.estimate() : noAmounts
  const { onAuthorityLoss } = plan
  const result = await quotas.holder.reserve({ meters, amounts, atMs: call.atMs, onAuthorityLoss })
  if (result.kind === 'reserved') return result.reservation
  throw result.kind === 'refused'
    ? refusalError(result.refusal, result.standings, call.nowMs)
    : new AppError('quota_unavailable', {
        message: `What plan ${plan.name} allows cannot be counted at the moment, and it admits nothing uncounted. Send the request again in a moment.`,
        retryAfterMs: 1_000,
      })
}

function refusalError(
  { code, meter, message, retryAfterMs, kind }: QuotaRefusal,
  standings: readonly MeterStanding[],
  nowMs: number,
): AppError {
  const isRate = code === 'rate_limit_exceeded'
  return new AppError(code, {
    message,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    headers: {
      ...quotaHeaders(standings, nowMs),
      // OpenAI's clients try a 429 again by themselves; there is no use in that before the window's end.
      ...(isRate && kind !== 'too_large' ? {} : { 'x-should-retry': 'false' }),
    },
    extra: {
      ...(isRate ? { type: meter.measure === 'tokens' ? 'tokens' : 'requests' } : {}),
      quota: { scope: meter.scope, id: meter.scopeId, measure: meter.measure, window: meter.window },
    },
  })
}
