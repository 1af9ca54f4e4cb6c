import { picoToUsdDecimal } from '#lib/costs/format-usd'
import type { Meter, QuotaMeasure } from '#lib/quotas/quota-terms'

/** How a meter stands for a request that asks for `amount`. */
export interface MeterStanding {
  meter: Meter
  amount: bigint
  /** By requests that have ended. */
  used: bigint
  /** Set aside for requests that run. */
  reserved: bigint
  /** When its window ends, in milliseconds since 1970. */
  resetAtMs: number
}

export interface QuotaRefusal {
  /** `rate_limit_exceeded` passes by itself soon; `insufficient_quota` takes a new day, a new month, or an operator. */
  code: 'rate_limit_exceeded' | 'insufficient_quota'
  /** Alone more than the limit, no room until the next window, or no room while so much runs. */
  kind: 'too_large' | 'used_up' | 'in_use'
  meter: Meter
  /** For the caller: what is used up, how much of it, and what to do. */
  message: string
  /** Null when waiting is of no use: the request alone is more than the limit. */
  retryAfterMs: number | null
}

export type QuotaVerdict = { ok: true } | { ok: false; refusal: QuotaRefusal }

/** How soon running requests may have given back what they do not need. */
const runningForMs = 1_000

/** May a request go, as its meters stand? When several refuse it, the one that takes longest says why. */
export function checkQuota(standings: readonly MeterStanding[], nowMs: number): QuotaVerdict {
  const refusals = standings.flatMap((standing) => refusalOf(standing, nowMs) ?? [])
  const worst = refusals.sort((a, b) => waitOf(b) - waitOf(a))[0]
  return worst ? { ok: false, refusal: worst } : { ok: true }
}

function waitOf({ retryAfterMs }: QuotaRefusal): number {
  return retryAfterMs ?? Number.POSITIVE_INFINITY
}

function refusalOf(standing: MeterStanding, nowMs: number): QuotaRefusal | null {
  const { meter, amount, used, reserved, resetAtMs } = standing
  const { limit } = meter
  if (limit === null || used + reserved + amount <= limit) return null
  const long = meter.window === 'day' || meter.window === 'month'
  if (amount > limit) return tooLarge(standing, limit)
  if (used + amount <= limit) {
    return {
      code: 'rate_limit_exceeded',
      kind: 'in_use',
      meter,
      message: inUse(standing, limit),
      retryAfterMs: runningForMs,
    }
  }
  return {
    code: long ? 'insufficient_quota' : 'rate_limit_exceeded',
    kind: 'used_up',
    meter,
    message: usedUp(standing, limit),
    retryAfterMs: Math.max(1, resetAtMs - nowMs),
  }
}

function tooLarge({ meter, amount }: MeterStanding, limit: bigint): QuotaRefusal {
  const advice = meter.measure === 'requests' ? '' : ' Send a shorter prompt or a lower max_tokens.'
  return {
    code: meter.by === 'budget' ? 'insufficient_quota' : 'rate_limit_exceeded',
    kind: 'too_large',
    meter,
    message: `This request may use ${amountWords(meter.measure, amount)}, more than the whole limit of ${limitWords(meter, limit)}.${advice}`,
    retryAfterMs: null,
  }
}

function inUse({ meter, amount, used, reserved }: MeterStanding, limit: bigint): string {
  if (meter.measure === 'concurrent')
    return `${subjectWords(meter)} has as many requests running as it may: ${limit}. Send this one again when one of them has ended.`
  const { measure } = meter
  return `The limit of ${limitWords(meter, limit)} has no room for this request at the moment: ${amountWords(measure, used)} used, ${amountWords(measure, reserved)} set aside for running requests, and this one may use ${amountWords(measure, amount)}. Send it again in a moment.`
}

function usedUp({ meter, used, amount, resetAtMs }: MeterStanding, limit: bigint): string {
  const { measure } = meter
  const rest =
    measure === 'requests'
      ? ''
      : `: ${amountWords(measure, used)} used, and this request may use ${amountWords(measure, amount)}`
  return `The limit of ${limitWords(meter, limit)} is used up${rest}. It begins anew at ${new Date(resetAtMs).toISOString()}; an operator can raise it under Quotas.`
}

/** `100 requests a minute for account acme (plan)`. */
export function limitWords(meter: Meter, limit: bigint): string {
  const per = meter.window === 'running' ? 'at the same time' : `a ${meter.window}`
  return `${amountWords(meter.measure, limit)} ${per} for ${subjectWords(meter)} (${meter.by})`
}

function subjectWords({ scope, scopeId }: Meter): string {
  return `${scope} ${scopeId}`
}

/** An amount with its unit: `1 request`, `200 tokens`, `12.5 USD`. */
export function amountWords(measure: QuotaMeasure, amount: bigint): string {
  if (measure === 'cost') return `${picoToUsdDecimal(amount)} USD`
  const unit = measure === 'tokens' ? 'token' : 'request'
  return `${amount} ${unit}${amount === 1n ? '' : 's'}`
}
