import type { AlertRuleInput, BurnRateCondition } from '#lib/alerts/alert-rule'
import { punctualShare, tierObjective, tiersWithObjectives } from '#lib/alerts/tier-objectives'

/** @see https://sre.google/workbook/alerting-on-slos/ table 5-8: 2 % in an hour and 5 % in six page, 10 % in three days is a ticket. */
const pageWindows: BurnRateCondition['windows'] = [
  { long: '1h', short: '5m', budgetShare: 0.02 },
  { long: '6h', short: '30m', budgetShare: 0.05 },
]
const ticketWindows: BurnRateCondition['windows'] = [{ long: '3d', short: '6h', budgetShare: 0.1 }]

/** With fewer requests in the long window a single one would fire. */
const minimumSample = 20

const answeredOverrides = tiersWithObjectives.map((tier) => ({
  labels: { tier },
  limit: tierObjective(tier).answered,
}))

const errors = {
  metric: 'tier.error_ratio',
  overrides: answeredOverrides,
  groupBy: ['tier'],
  minimumSample,
}
const slowness = { metric: 'tier.slow_ratio', groupBy: ['tier'], minimumSample }

function burns(objective: number, windows: BurnRateCondition['windows']) {
  return { kind: 'burn_rate', objective, periodDays: 30, windows } as const
}

/** What callers are promised, per tier: plain limits over five minutes, and how fast the month's error budget burns. */
export const objectiveRules: readonly AlertRuleInput[] = [
  {
    ...errors,
    id: 'sla-errors',
    name: 'Many requests fail',
    about: 'More than one in twenty requests of the last five minutes let its caller down.',
    where: { window: ['5m'] },
    condition: { kind: 'threshold', comparison: 'above', limit: 0.05 },
    overrides: [],
    resolve: { margin: 0.2, forSeconds: 60 },
    severity: 'critical',
  },
  {
    id: 'sla-latency',
    name: 'Answers are slow',
    about: 'The 95th percentile of the last five minutes is above what the tier promises.',
    metric: 'tier.latency_p95_ms',
    condition: { kind: 'threshold', comparison: 'above', limit: tierObjective('').slowAfterMs },
    overrides: tiersWithObjectives.map((tier) => ({
      labels: { tier },
      limit: tierObjective(tier).slowAfterMs,
    })),
    forSeconds: 60,
    resolve: { margin: 0.1, forSeconds: 60 },
    minimumSample,
    severity: 'warning',
    groupBy: ['tier'],
  },
  {
    ...errors,
    id: 'slo-errors-fast',
    name: 'Errors use up the month’s budget fast',
    about: 'At this pace the error budget of the tier is gone within days.',
    condition: burns(tierObjective('').answered, pageWindows),
    severity: 'critical',
  },
  {
    ...errors,
    id: 'slo-errors-slow',
    name: 'Errors use up the month’s budget',
    about: 'At this pace the error budget of the tier does not last the month.',
    condition: burns(tierObjective('').answered, ticketWindows),
    severity: 'warning',
  },
  {
    ...slowness,
    id: 'slo-latency-fast',
    name: 'Slow answers use up the month’s budget fast',
    about: 'At this pace the latency budget of the tier is gone within days.',
    condition: burns(punctualShare, pageWindows),
    severity: 'critical',
  },
  {
    ...slowness,
    id: 'slo-latency-slow',
    name: 'Slow answers use up the month’s budget',
    about: 'At this pace the latency budget of the tier does not last the month.',
    condition: burns(punctualShare, ticketWindows),
    severity: 'warning',
  },
]
