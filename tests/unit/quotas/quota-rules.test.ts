import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkQuota, type MeterStanding } from '#lib/quotas/check-quota'
import { effectiveMeters, type QuotaOverride } from '#lib/quotas/effective-meters'
import { isTight, leaseSize } from '#lib/quotas/lease-size'
import type { Meter, QuotaPlan } from '#lib/quotas/quota-terms'
import { windowOf } from '#lib/quotas/window-of'

const at = Date.UTC(2026, 1, 28, 23, 59, 30)
const subject = { accountId: 'acme', keyId: 'key_1', creatorId: 'crt_1' }
const plan: QuotaPlan = {
  name: 'pro',
  onAuthorityLoss: 'open',
  limits: [
    { scope: 'account', measure: 'requests', window: 'minute', limit: 100n },
    { scope: 'account', measure: 'cost', window: 'month', limit: 50n },
    { scope: 'creator', measure: 'tokens', window: 'day', limit: 10n },
  ],
}

describe('windowOf', () => {
  it('follows the UTC calendar', () => {
    const iso = ({ startMs, endMs }: { startMs: number; endMs: number }) =>
      [startMs, endMs].map((ms) => new Date(ms).toISOString())
    expect(iso(windowOf('minute', at))).toEqual(['2026-02-28T23:59:00.000Z', '2026-03-01T00:00:00.000Z'])
    expect(iso(windowOf('day', at))).toEqual(['2026-02-28T00:00:00.000Z', '2026-03-01T00:00:00.000Z'])
    expect(iso(windowOf('month', at))).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'])
    expect(windowOf('running', at).startMs).toBe(0)
  })

  it('puts every moment into exactly one window, and windows side by side', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('minute' as const, 'day' as const, 'month' as const),
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        (window, ms) => {
          const { startMs, endMs } = windowOf(window, ms)
          expect(startMs <= ms && ms < endMs).toBe(true)
          expect(windowOf(window, endMs).startMs).toBe(endMs)
          expect(windowOf(window, endMs - 1)).toEqual({ startMs, endMs })
        },
      ),
    )
  })
})

describe('leaseSize', () => {
  const amount = fc.bigInt({ min: 0n, max: 1_000n })
  it('never gives more than the room, and the need whenever there is room for it', () => {
    fc.assert(
      fc.property(amount, amount, amount, (room, need, more) => {
        const given = leaseSize({ room, need, wish: need + more })
        expect(given).toBeLessThanOrEqual(room)
        expect(given).toBeLessThanOrEqual(need + more)
        expect(given >= leaseSize({ room, need, wish: need })).toBe(true)
      }),
    )
  })

  it('shrinks to the single request near the limit', () => {
    const sizes = [1_000n, 100n, 20n, 8n, 5n, 1n, 0n, -3n].map((room) =>
      leaseSize({ room, need: 1n, wish: 64n }),
    )
    expect(sizes).toEqual([64n, 13n, 3n, 1n, 1n, 1n, 0n, 0n])
    expect(isTight({ room: 12n, limit: 100n })).toBe(true)
    expect(isTight({ room: 13n, limit: 100n })).toBe(false)
  })
})

describe('effectiveMeters', () => {
  const limitsOf = (meters: readonly Meter[]) =>
    Object.fromEntries(
      meters.map(({ scope, measure, window, limit, by }) => [`${scope} ${measure} ${window}`, [limit, by]]),
    )

  it('has the plan limits of whom the request is for', () => {
    expect(limitsOf(effectiveMeters({ plan, budgets: [], overrides: [] }, subject, at))).toEqual({
      'account requests minute': [100n, 'plan'],
      'account cost month': [50n, 'plan'],
      'creator tokens day': [10n, 'plan'],
    })
    const meters = effectiveMeters({ plan, budgets: [], overrides: [] }, { ...subject, creatorId: null }, at)
    expect(meters.some(({ scope }) => scope === 'creator')).toBe(false)
  })

  it('takes the lower of plan and hard budget; a soft one is counted and refuses nothing', () => {
    const budget = { id: 'bud_1', accountId: 'acme', window: 'month', limitPicoUsd: 20n } as const
    const rules = {
      plan,
      overrides: [],
      budgets: [
        { ...budget, scope: 'account', scopeId: 'acme', kind: 'hard' },
        { ...budget, scope: 'key', scopeId: 'key_1', kind: 'soft' },
        { ...budget, scope: 'key', scopeId: 'key_2', kind: 'hard' },
      ] as const,
    }
    expect(limitsOf(effectiveMeters(rules, subject, at))).toMatchObject({
      'account cost month': [20n, 'budget'],
      'key cost month': [null, 'budget'],
    })
    const larger = rules.budgets.map((one) => ({ ...one, limitPicoUsd: 90n }))
    const meters = effectiveMeters({ ...rules, budgets: larger }, subject, at)
    expect(limitsOf(meters)).toMatchObject({ 'account cost month': [50n, 'plan'] })
  })

  it('lets an override stand in place of both until it ends', () => {
    const override: QuotaOverride = {
      id: 'ovr_1',
      accountId: 'acme',
      scope: 'account',
      scopeId: 'acme',
      measure: 'requests',
      window: 'minute',
      limit: 500n,
      expiresAtMs: at + 1,
    }
    const rules = { plan, budgets: [], overrides: [override] }
    expect(limitsOf(effectiveMeters(rules, subject, at))).toMatchObject({
      'account requests minute': [500n, 'override'],
    })
    expect(limitsOf(effectiveMeters(rules, subject, at + 1))).toMatchObject({
      'account requests minute': [100n, 'plan'],
    })
  })
})

describe('checkQuota', () => {
  const standing = (
    change: Partial<Omit<MeterStanding, 'meter'>> & { meter?: Partial<Meter> },
  ): MeterStanding => ({
    amount: 1n,
    used: 0n,
    reserved: 0n,
    resetAtMs: at + 30_000,
    ...change,
    meter: {
      accountId: 'acme',
      scope: 'account',
      scopeId: 'acme',
      measure: 'requests',
      window: 'minute',
      limit: 10n,
      by: 'plan',
      ...change.meter,
    },
  })

  it('admits up to the limit and says how long the rest has to wait', () => {
    expect(checkQuota([standing({ used: 9n })], at)).toEqual({ ok: true })
    const verdict = checkQuota([standing({ used: 10n })], at)
    expect(verdict).toMatchObject({ refusal: { code: 'rate_limit_exceeded', retryAfterMs: 30_000 } })
    expect(verdict.ok ? '' : verdict.refusal.message).toBe(
      'The limit of 10 requests a minute for account acme (plan) is used up. It begins anew at 2026-03-01T00:00:00.000Z; an operator can raise it under Quotas.',
    )
  })

  it('asks to wait a moment where running requests may give back what they do not need', () => {
    const verdict = checkQuota([standing({ used: 5n, reserved: 5n })], at)
    expect(verdict).toMatchObject({ refusal: { code: 'rate_limit_exceeded', retryAfterMs: 1_000 } })
  })

  it('calls a day, a month or a budget that is used up an insufficient quota', () => {
    const meter = { measure: 'cost', window: 'month', by: 'budget', limit: 2_000_000_000_000n } as const
    const verdict = checkQuota([standing({ meter, used: 1_999_000_000_000n, amount: 5_000_000_000n })], at)
    expect(verdict).toMatchObject({ refusal: { code: 'insufficient_quota' } })
    expect(verdict.ok ? '' : verdict.refusal.message).toContain(
      'The limit of 2 USD a month for account acme (budget) is used up: 1.999 USD used, and this request may use 0.005 USD.',
    )
  })

  it('says that waiting is of no use to a request that alone is more than the limit', () => {
    const meter = { measure: 'tokens', limit: 100n } as const
    const verdict = checkQuota([standing({ meter, amount: 101n })], at)
    expect(verdict).toMatchObject({ refusal: { retryAfterMs: null } })
    expect(verdict.ok ? '' : verdict.refusal.message).toContain('lower max_tokens')
  })

  it('lets the meter that takes longest speak, and never refuses by one without a limit', () => {
    const day = standing({ meter: { window: 'day' }, used: 10n, resetAtMs: at + 90_000 })
    const verdict = checkQuota([standing({ used: 10n }), day], at)
    expect(verdict).toMatchObject({ refusal: { retryAfterMs: 90_000 } })
    expect(checkQuota([standing({ meter: { limit: null }, used: 10n })], at)).toEqual({ ok: true })
  })
})
