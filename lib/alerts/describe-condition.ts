import type { AlertRule } from '#lib/alerts/alert-rule'

const comparisons = { above: '>', at_least: '≥', below: '<', at_most: '≤' } as const

/** A rule's condition as a person reads it: `budget.used_ratio ≥ 0.8 for 60 s`. */
export function describeCondition({ metric, condition, forSeconds }: AlertRule): string {
  const lasting = forSeconds > 0 ? ` for ${forSeconds} s` : ''
  if (condition.kind === 'threshold')
    return `${metric} ${comparisons[condition.comparison]} ${condition.limit}${lasting}`
  const pairs = condition.windows.map(
    ({ long, short, budgetShare }) =>
      `${Number((budgetShare * 100).toPrecision(4))} % of the budget in ${long} and ${short}`,
  )
  return `${metric}: objective ${condition.objective}, ${pairs.join(' or ')}${lasting}`
}
