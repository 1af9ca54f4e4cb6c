import { z } from 'zod'
import { parseAmount, usdToPico } from '#lib/quotas/quota-amount'
import { quotaMeasures, quotaScopes, quotaWindows } from '#lib/quotas/quota-terms'

/** Amounts are decimal text: USD for cost, else whole numbers. */
const amount = z.string().max(30)
const scope = z.enum(quotaScopes)
const measure = z.enum(quotaMeasures)
const window = z.enum(quotaWindows)
const accountId = z
  .string()
  .trim()
  .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"')
const scopeId = z.string().trim().min(1).max(200)
const reason = z.string().trim().min(3).max(500)

type Measured = { measure: (typeof quotaMeasures)[number]; window: (typeof quotaWindows)[number] }

/** `concurrent` and `running` go with one another alone. */
function windowMistake(one: Measured): string | null {
  if ((one.measure === 'concurrent') === (one.window === 'running')) return null
  return one.measure === 'concurrent'
    ? 'must be "running" for concurrent requests'
    : 'must be "minute", "day" or "month"; "running" goes with "concurrent" alone'
}

function amountMistake(one: Measured, text: string): string | null {
  const parsed = parseAmount(one.measure, text)
  if (parsed === null)
    return one.measure === 'cost' ? 'must be an amount of USD such as "25.50"' : 'must be a whole number'
  return parsed > 0n ? null : 'must be more than zero'
}

const planLimit = z.strictObject({ scope, measure, window, limit: amount }).superRefine((one, context) => {
  const wrongWindow = windowMistake(one)
  if (wrongWindow) context.addIssue({ code: 'custom', path: ['window'], message: wrongWindow })
  const wrongAmount = amountMistake(one, one.limit)
  if (wrongAmount) context.addIssue({ code: 'custom', path: ['limit'], message: wrongAmount })
})

/** `POST /api/admin/quotas/plans` (admin): makes a plan, or puts another in its place. */
export const planBody = z.strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 small letters, digits or "-"'),
  onAuthorityLoss: z.enum(['open', 'closed']),
  limits: z
    .array(planLimit)
    .max(36)
    .superRefine((limits, context) => {
      const seen = new Set<string>()
      limits.forEach((one, index) => {
        const key = `${one.scope} ${one.measure} ${one.window}`
        if (seen.has(key))
          context.addIssue({ code: 'custom', path: [index], message: `stands twice: ${key}` })
        seen.add(key)
      })
    }),
  reason,
})

const positiveUsd = amount.superRefine((text, context) => {
  const pico = usdToPico(text)
  if (pico === null) context.addIssue({ code: 'custom', message: 'must be an amount of USD such as "25.50"' })
  else if (pico === 0n) context.addIssue({ code: 'custom', message: 'must be more than zero' })
})

/** `POST /api/admin/quotas/budgets` (operator); one per account, scope, id and window: another takes its place. */
export const budgetBody = z.strictObject({
  accountId,
  scope,
  scopeId,
  window: z.enum(['day', 'month']),
  limitUsd: positiveUsd,
  kind: z.enum(['soft', 'hard']),
  reason,
})

/** `POST /api/admin/quotas/overrides` (operator); `limit` null lifts the limit until it expires. */
export const overrideBody = z
  .strictObject({
    accountId,
    scope,
    scopeId,
    measure,
    window,
    limit: amount.nullable(),
    expiresAt: z.iso.datetime({ offset: true }),
    reason,
  })
  .superRefine((one, context) => {
    const wrongWindow = windowMistake(one)
    if (wrongWindow) context.addIssue({ code: 'custom', path: ['window'], message: wrongWindow })
    const wrongAmount = one.limit === null ? null : amountMistake(one, one.limit)
    if (wrongAmount) context.addIssue({ code: 'custom', path: ['limit'], message: wrongAmount })
  })

/** `POST /api/admin/quotas/budgets/{id}/remove` and `…/overrides/{id}/end`. */
export const quotaReasonBody = z.strictObject({ accountId, reason })

const planView = z.object({
  name: z.string(),
  builtIn: z.boolean(),
  onAuthorityLoss: z.enum(['open', 'closed']),
  limits: z.array(z.object({ scope, measure, window, limit: amount })),
  /** Keys that are under it. */
  keys: z.number(),
})

const usageRow = z.object({
  accountId: z.string(),
  plan: z.string(),
  scope,
  scopeId: z.string(),
  measure,
  window,
  /** Null = lifted. */
  limit: amount.nullable(),
  used: amount,
  reserved: amount,
  /** Used and reserved of the limit; null without one. */
  share: z.number().nullable(),
  by: z.enum(['plan', 'budget', 'override']),
  /** Null for what runs. */
  resetAt: z.iso.datetime().nullable(),
  /** When it is used up if it goes on as it did in this window; null when it lasts. */
  runsOutAt: z.iso.datetime().nullable(),
})

const budgetView = z.object({
  id: z.string(),
  accountId: z.string(),
  scope,
  scopeId: z.string(),
  window: z.enum(['day', 'month']),
  kind: z.enum(['soft', 'hard']),
  limitUsd: amount,
  usedUsd: amount,
  share: z.number(),
  resetAt: z.iso.datetime(),
  /** Thresholds in percent that its use crossed in this window. */
  crossed: z.array(z.object({ threshold: z.number(), at: z.iso.datetime() })),
})

const overrideView = z.object({
  id: z.string(),
  accountId: z.string(),
  scope,
  scopeId: z.string(),
  measure,
  window,
  limit: amount.nullable(),
  expiresAt: z.iso.datetime(),
  reason: z.string(),
  createdBy: z.string(),
})

/** `GET /api/admin/quotas`: rows by share used, the fullest first. */
export const quotasView = z.object({
  plans: z.array(planView),
  usage: z.array(usageRow),
  budgets: z.array(budgetView),
  overrides: z.array(overrideView),
  authority: z.object({ kind: z.enum(['embedded', 'postgres', 'redis']), answers: z.boolean() }),
})

export type PlanBody = z.infer<typeof planBody>
export type BudgetBody = z.infer<typeof budgetBody>
export type OverrideBody = z.infer<typeof overrideBody>
export type QuotasView = z.infer<typeof quotasView>
export type PlanView = z.infer<typeof planView>
export type UsageRow = z.infer<typeof usageRow>
export type BudgetView = z.infer<typeof budgetView>
export type OverrideView = z.infer<typeof overrideView>
