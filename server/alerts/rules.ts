import { eq } from 'drizzle-orm'
import { type AlertRule, alertRule } from '#lib/alerts/alert-rule'
import { alertMetrics, builtInRules } from '#lib/alerts/built-in-rules'
import type { AlertRuleView } from '#lib/contracts/alerts'
import { alertRules } from '#schema/alerts'
import type { AlertDeed, AlertParts } from '#server/alerts/alert-parts'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

/** Every rule as it holds now: the built-in ones as operators changed them, then operators' own. */
export async function readRules(db: Pick<Database, 'orm'>): Promise<AlertRuleView[]> {
  const rows = await db.orm.select().from(alertRules).orderBy(alertRules.id)
  const stored = new Map(
    rows.flatMap(({ id, rule, changedAt, changedBy }) => {
      const parsed = alertRule.safeParse(rule)
      return parsed.success
        ? [[id, { rule: parsed.data, changedAt: changedAt.toISOString(), changedBy }]]
        : []
    }),
  )
  const builtIn = new Set(builtInRules.map(({ id }) => id))
  const originals = builtInRules.map((rule): AlertRuleView => {
    const own = stored.get(rule.id)
    return own
      ? { ...own, builtIn: true, changed: true }
      : { rule, builtIn: true, changed: false, changedAt: null, changedBy: null }
  })
  const others = [...stored.values()].filter(({ rule }) => !builtIn.has(rule.id))
  return [...originals, ...others.map((own): AlertRuleView => ({ ...own, builtIn: false, changed: false }))]
}

/** Refuses a rule that could never fire. @throws AppError `invalid_request` naming the field */
export function requireObservedMetric(rule: AlertRule): void {
  if (alertMetrics.includes(rule.metric)) return
  const message = `nobody observes ${rule.metric}; there are ${alertMetrics.join(', ')}`
  throw new AppError('invalid_request', {
    message: `rule.metric: ${message}`,
    param: 'rule.metric',
    errors: [{ path: 'rule.metric', message }],
  })
}

export interface RuleChange extends AlertDeed {
  rule: AlertRule
  /** The id in the address; null = a new rule. */
  id: string | null
}

/**
 * Stores a rule; it holds from the next look on.
 * @throws AppError `invalid_request` naming the field, `conflict` where a new rule's id is taken, `not_found`
 */
export async function changeRule(parts: AlertParts, change: RuleChange): Promise<AlertRuleView> {
  const { rule, id, actorId, reason, requestId } = change
  requireObservedMetric(rule)
  if (id !== null && rule.id !== id)
    throw new AppError('invalid_request', {
      message: `rule.id: must be ${id}, as in the address`,
      param: 'rule.id',
      errors: [{ path: 'rule.id', message: `must be ${id}, as in the address` }],
    })
  const before = (await readRules(parts.db)).find((view) => view.rule.id === rule.id)
  if (id === null && before)
    throw new AppError('conflict', {
      message: `A rule with the id ${rule.id} is there already.`,
      param: 'rule.id',
    })
  if (id !== null && !before) throw unknownRule(id)
  const row = { id: rule.id, rule, changedAt: new Date(parts.clock.nowMs()), changedBy: actorId }
  await parts.db.orm.transaction(async (tx) => {
    await tx.insert(alertRules).values(row).onConflictDoUpdate({ target: alertRules.id, set: row })
    await parts.record(tx, {
      action: before ? 'alert_rule.update' : 'alert_rule.create',
      actorId,
      resource: `alert_rule/${rule.id}`,
      before: before?.rule ?? null,
      after: rule,
      reason,
      correlationId: requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
  const builtIn = builtInRules.some((one) => one.id === rule.id)
  return { rule, builtIn, changed: builtIn, changedAt: row.changedAt.toISOString(), changedBy: actorId }
}

/**
 * Removes an operator's rule, or brings a built-in one back to what it was. What it had firing ends.
 * @throws AppError `not_found`, `conflict` for a built-in rule that was not changed
 */
export async function removeRule(
  parts: AlertParts,
  { id, ...deed }: AlertDeed & { id: string },
): Promise<void> {
  const before = (await readRules(parts.db)).find(({ rule }) => rule.id === id)
  if (!before) throw unknownRule(id)
  if (before.builtIn && !before.changed)
    throw new AppError('conflict', {
      message: `The rule ${id} is built in and stands as it was. Switch it off instead.`,
    })
  await parts.db.orm.transaction(async (tx) => {
    await tx.delete(alertRules).where(eq(alertRules.id, id))
    await parts.record(tx, {
      action: before.builtIn ? 'alert_rule.reset' : 'alert_rule.remove',
      actorId: deed.actorId,
      resource: `alert_rule/${id}`,
      before: before.rule,
      reason: deed.reason,
      correlationId: deed.requestId,
    })
    await bumpConfiguration(tx)
  })
  await parts.configuration.check()
}

function unknownRule(id: string): AppError {
  return new AppError('not_found', { message: `There is no alert rule "${id.slice(0, 64)}".` })
}
