import type { AlertRule, BurnRateCondition } from '#lib/alerts/alert-rule'
import { type BurnWindow, burnRateLimit, windowMs } from '#lib/alerts/burn-rate'

/**
 * How Log Analytics sees a metric of the alerts: rows of a workspace-based Application Insights resource, as the exporter
 * writes them (`lib/telemetry/metric-list` has the names).
 */
export interface AzureQuery {
  /** KQL up to the summarize. */
  rows: string
  /** The value, as an aggregation. */
  value: string
  /** Columns that the value is grouped by: label of the alerts → expression. */
  labels: Readonly<Record<string, string>>
  /** ISO 8601; what the value is made of. */
  windowSize: 'PT5M' | 'PT1H' | 'P1D'
}

const property = (name: string) => `tostring(Properties["${name}"])`
const metric = (name: string) => `AppMetrics\n| where Name == "${name}"`
const deployment = { deployment: property('huntaze.deployment') }
const breaker = { ...deployment, signal: property('huntaze.signal') }
const tier = { tier: property('huntaze.tier') }
const phaseIs = (...phases: readonly string[]) =>
  `${metric('huntaze.breaker.state')}\n| where ${property('huntaze.phase')} in (${phases.map((one) => `"${one}"`).join(', ')}) and Max > 0`

const badOutcomes = `${property('huntaze.outcome')} in ("error", "cut")`
const requestRows = metric('gen_ai.server.request.duration')
const errorShare = `1.0 * sumif(ItemCount, ${badOutcomes}) / sum(ItemCount)`

/** Metrics of the alerts that Azure Monitor can see too. Others live in this program's own tables alone. */
export const azureQueries: Readonly<Record<string, AzureQuery>> = {
  'tier.error_ratio': { rows: requestRows, value: errorShare, labels: tier, windowSize: 'PT5M' },
  'tier.latency_p95_ms': {
    rows: 'AppRequests\n| where Success == true',
    value: 'percentile(DurationMs, 95)',
    labels: tier,
    windowSize: 'PT5M',
  },
  'breaker.open': {
    rows: phaseIs('open', 'half_open'),
    value: 'max(Max)',
    labels: breaker,
    windowSize: 'PT5M',
  },
  'breaker.isolated': { rows: phaseIs('isolated'), value: 'max(Max)', labels: breaker, windowSize: 'PT5M' },
  'breaker.half_open_seconds': {
    rows: phaseIs('half_open'),
    value: '60 * dcount(bin(TimeGenerated, 1m))',
    labels: breaker,
    windowSize: 'PT5M',
  },
  'capacity.used_ratio': {
    rows: metric('huntaze.deployment.capacity.utilization'),
    value: 'max(Max)',
    labels: deployment,
    windowSize: 'PT5M',
  },
  'capacity.ptu_ratio': {
    rows: metric('huntaze.deployment.ptu.utilization'),
    value: 'max(Max)',
    labels: deployment,
    windowSize: 'PT5M',
  },
  'gateway.shed_requests': {
    rows: `${requestRows}\n| where ${property('error.type')} == "overloaded"`,
    value: 'sum(ItemCount)',
    labels: tier,
    windowSize: 'PT5M',
  },
  'cost.hour_usd': { rows: metric('huntaze.cost'), value: 'sum(Sum)', labels: {}, windowSize: 'PT1H' },
  'cost.day_usd': { rows: metric('huntaze.cost'), value: 'sum(Sum)', labels: {}, windowSize: 'P1D' },
  'cost.unpriced_requests': {
    rows: metric('huntaze.requests.unpriced'),
    value: 'sum(Sum)',
    labels: deployment,
    windowSize: 'PT1H',
  },
}

/** The whole query of a threshold rule; its result has the column `AggregatedValue`. Labels that Azure does not see are dropped. */
export function thresholdQuery(rule: AlertRule, { rows, value, labels }: AzureQuery): string {
  const by = dimensionsOf(rule, { labels }).map((name) => `${name} = ${labels[name]}`)
  return `${rows}\n| summarize AggregatedValue = ${value}${by.length > 0 ? ` by ${by.join(', ')}` : ''}`
}

/** Columns by which Azure splits the alerts of a rule. */
export function dimensionsOf(rule: AlertRule, { labels }: Pick<AzureQuery, 'labels'>): string[] {
  return rule.groupBy.filter((name) => name in labels)
}

/** Longest time that a scheduled query may look back. */
const longestMs = 2 * 86_400_000

const kqlSpan: Readonly<Record<BurnWindow, string>> = {
  '5m': '5m',
  '30m': '30m',
  '1h': '1h',
  '6h': '6h',
  '3d': '3d',
}

/** Pairs of windows that Azure can look back over. */
export function azureWindows({ windows }: BurnRateCondition): BurnRateCondition['windows'] {
  return windows.filter(({ long }) => windowMs[long] <= longestMs)
}

/** The query of a burn rate over errors: `AggregatedValue` is the burn rate as a share of its limit, 1 and more fires. */
export function burnRateQuery(rule: AlertRule, condition: BurnRateCondition): string {
  const columns = azureWindows(condition).flatMap(({ long, short, budgetShare }) => {
    const limit = burnRateLimit({ budgetShare, window: long, periodDays: condition.periodDays })
    return [long, short].map(
      (window) =>
        `${name(long, short, window)} = 1.0 * sumif(ItemCount, ${badOutcomes} and TimeGenerated > ago(${kqlSpan[window]})) / max_of(1, sumif(ItemCount, TimeGenerated > ago(${kqlSpan[window]}))) / budget / ${limit}`,
    )
  })
  const pairs = azureWindows(condition).map(
    ({ long, short }) => `min_of(${name(long, short, long)}, ${name(long, short, short)})`,
  )
  const objective = rule.overrides.flatMap(({ labels, limit }) =>
    labels.tier === undefined ? [] : [`tier == "${labels.tier}", ${rest(limit)}`],
  )
  const budget =
    objective.length > 0
      ? `case(${objective.join(', ')}, ${rest(condition.objective)})`
      : rest(condition.objective)
  const worst = pairs.length > 1 ? `max_of(${pairs.join(', ')})` : (pairs[0] ?? '0')
  return `${requestRows}
| extend tier = ${tier.tier}
| extend budget = ${budget}
| summarize ${columns.join(',\n  ')} by tier, budget
| project tier, AggregatedValue = ${worst}`
}

function rest(objective: number): string {
  return String(Number((1 - objective).toPrecision(6)))
}

function name(long: BurnWindow, short: BurnWindow, window: BurnWindow): string {
  return `w${long}_${short}_${window}`
}
