import { type AlertLabels, hasLabels, labelsText, pickLabels } from '#lib/alerts/alert-labels'
import { type AlertReading, mostRequestIds } from '#lib/alerts/alert-reading'
import type { AlertRule, BurnRateCondition, ThresholdCondition } from '#lib/alerts/alert-rule'
import { type BurnWindow, burnRate, burnRateLimit } from '#lib/alerts/burn-rate'
import type { Observation } from '#lib/alerts/observation'

/** What the rule says of the observations, one reading per group of labels that has any. Pure. */
export function judgeObservations(rule: AlertRule, observations: readonly Observation[]): AlertReading[] {
  const groups = new Map<string, Observation[]>()
  for (const observation of observations) {
    if (!concerns(rule, observation)) continue
    const key = labelsText(pickLabels(observation.labels, rule.groupBy))
    groups.set(key, [...(groups.get(key) ?? []), observation])
  }
  return [...groups.values()].map((group) => judgeGroup(rule, group))
}

function concerns(rule: AlertRule, { metric, labels, value }: Observation): boolean {
  if (metric !== rule.metric || !Number.isFinite(value)) return false
  return Object.entries(rule.where).every(([name, values]) => {
    const own = labels[name]
    return own !== undefined && values.includes(own)
  })
}

function judgeGroup(rule: AlertRule, group: readonly Observation[]): AlertReading {
  const labels = pickLabels(group[0]?.labels ?? {}, rule.groupBy)
  return rule.condition.kind === 'threshold'
    ? judgeThreshold({ rule, condition: rule.condition, labels, group })
    : judgeBurnRate({ rule, condition: rule.condition, labels, group })
}

interface GroupCase<Condition> {
  rule: AlertRule
  condition: Condition
  labels: AlertLabels
  group: readonly Observation[]
}

function limitFor(rule: AlertRule, labels: AlertLabels, usual: number): number {
  return rule.overrides.find((override) => hasLabels(labels, override.labels))?.limit ?? usual
}

const holds: Readonly<Record<ThresholdCondition['comparison'], (value: number, limit: number) => boolean>> = {
  above: (value, limit) => value > limit,
  at_least: (value, limit) => value >= limit,
  below: (value, limit) => value < limit,
  at_most: (value, limit) => value <= limit,
}

function isUpward({ comparison }: ThresholdCondition): boolean {
  return comparison === 'above' || comparison === 'at_least'
}

/** The worst of the group counts: one that is all right does not hide another that is not. */
function judgeThreshold({ rule, condition, labels, group }: GroupCase<ThresholdCondition>): AlertReading {
  const upward = isUpward(condition)
  const judged = group.map((observation) => {
    const limit = limitFor(rule, observation.labels, condition.limit)
    const slack = Math.abs(limit) * rule.resolve.margin
    const enough = (observation.sample ?? rule.minimumSample) >= rule.minimumSample
    const breached = enough && holds[condition.comparison](observation.value, limit)
    const better = upward ? limit - slack : limit + slack
    const cleared = !enough || !holds[condition.comparison](observation.value, better)
    const excess = upward ? observation.value - limit : limit - observation.value
    return { observation, limit, breached, cleared: cleared && !breached, excess }
  })
  const worst = judged.toSorted((a, b) => Number(b.breached) - Number(a.breached) || b.excess - a.excess)[0]
  return {
    labels,
    breached: judged.some(({ breached }) => breached),
    cleared: judged.every(({ cleared }) => cleared),
    value: worst?.observation.value ?? 0,
    limit: worst?.limit ?? condition.limit,
    unit: worst?.observation.unit ?? '',
    requestIds: requestsOf(judged.filter(({ breached }) => breached).map(({ observation }) => observation)),
    detail: worst?.observation.detail ?? '',
  }
}

function judgeBurnRate({ rule, condition, labels, group }: GroupCase<BurnRateCondition>): AlertReading {
  const objective = Math.min(limitFor(rule, labels, condition.objective), 1 - 1e-9)
  const inWindow = (window: BurnWindow) => {
    const found = group.filter((observation) => observation.labels.window === window)
    const rate = Math.max(0, ...found.map(({ value }) => burnRate(value, objective)))
    return { rate, sample: Math.max(0, ...found.map(({ sample }) => sample ?? rule.minimumSample)) }
  }
  const pairs = condition.windows.map(({ long, short, budgetShare }) => {
    const limit = burnRateLimit({ budgetShare, window: long, periodDays: condition.periodDays })
    const [slow, fast] = [inWindow(long), inWindow(short)]
    const enough = slow.sample >= rule.minimumSample
    const value = enough ? Math.min(slow.rate, fast.rate) : 0
    return {
      long,
      short,
      limit,
      value,
      breached: value > limit,
      cleared: value <= limit * (1 - rule.resolve.margin),
    }
  })
  const worst = pairs.toSorted((a, b) => b.value / b.limit - a.value / a.limit)[0]
  const bad = group.filter(({ labels: { window } }) => window === worst?.short || window === worst?.long)
  return {
    labels,
    breached: pairs.some(({ breached }) => breached),
    cleared: pairs.every(({ cleared }) => cleared),
    value: worst?.value ?? 0,
    limit: worst?.limit ?? 0,
    unit: 'burn rate',
    requestIds: requestsOf(bad),
    detail: worst ? `over ${worst.long} and ${worst.short}, objective ${percent(objective)}` : '',
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`
}

function requestsOf(observations: readonly Observation[]): string[] {
  return [...new Set(observations.flatMap(({ requestIds }) => requestIds))].slice(0, mostRequestIds)
}
