import type { MeterStanding } from '#lib/quotas/check-quota'
import type { QuotaMeasure } from '#lib/quotas/quota-terms'

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` as OpenAI names and writes them, each from the meter of that
 * measure of which the smallest share is left. Source: https://platform.openai.com/docs/guides/rate-limits
 */
export function quotaHeaders(standings: readonly MeterStanding[], nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const measure of ['requests', 'tokens'] as const) {
    const scarcest = scarcestOf(standings, measure)
    if (!scarcest) continue
    headers[`x-ratelimit-limit-${measure}`] = String(scarcest.limit)
    headers[`x-ratelimit-remaining-${measure}`] = String(scarcest.remaining)
    headers[`x-ratelimit-reset-${measure}`] = resetText(scarcest.resetAtMs - nowMs)
  }
  return headers
}

interface Scarcity {
  limit: bigint
  remaining: bigint
  resetAtMs: number
}

function scarcestOf(standings: readonly MeterStanding[], measure: QuotaMeasure): Scarcity | null {
  let scarcest: Scarcity | null = null
  for (const { meter, used, reserved, resetAtMs } of standings) {
    if (meter.measure !== measure || meter.limit === null) continue
    const { limit } = meter
    const left = limit - used - reserved
    const remaining = left > 0n ? left : 0n
    if (!scarcest || remaining * scarcest.limit < scarcest.remaining * limit)
      scarcest = { limit, remaining, resetAtMs }
  }
  return scarcest
}

/** A span of time as OpenAI writes it: `120ms`, `7s`, `6m0s`, `1h2m3s`. */
export function resetText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))}ms`
  const seconds = Math.ceil(ms / 1_000)
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60]
  if (h > 0) return `${h}h${m}m${s}s`
  return m > 0 ? `${m}m${s}s` : `${s}s`
}
