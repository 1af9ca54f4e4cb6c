import { z } from 'zod'
import { burnWindows, windowMs } from '#lib/alerts/burn-rate'

export const alertSeverities = ['critical', 'warning', 'info'] as const
export const alertSeverity = z.enum(alertSeverities)
export const alertComparisons = ['above', 'at_least', 'below', 'at_most'] as const

const labelName = z.string().regex(/^[a-z][a-zA-Z0-9_]{0,39}$/, 'must be a label’s name, such as tier')
const labelValue = z.string().min(1).max(200)
export const alertLabels = z.record(labelName, labelValue)

const thresholdCondition = z.strictObject({
  kind: z.literal('threshold'),
  comparison: z.enum(alertComparisons),
  /** In the metric's unit. */
  limit: z.number(),
})

/**
 * Burns the error budget too fast, over a long and a short window at once: the metric is a ratio of bad events,
 * observed once per window with the label `window`.
 * @see https://sre.google/workbook/alerting-on-slos/ (alert 6)
 */
const burnRateCondition = z.strictObject({
  kind: z.literal('burn_rate'),
  /** Share of events that are to be good, e.g. 0.999. */
  objective: z.number().gt(0).lt(1),
  /** Over which the objective holds. */
  periodDays: z.int().min(1).max(90).default(30),
  windows: z
    .array(
      z
        .strictObject({
          long: z.enum(burnWindows),
          short: z.enum(burnWindows),
          /** Share of the period's error budget that may be used up within the long window. */
          budgetShare: z.number().gt(0).max(1),
        })
        .refine(({ long, short }) => windowMs[short] < windowMs[long], {
          path: ['short'],
          message: 'must be shorter than the long window',
        }),
    )
    .min(1)
    .max(4),
})

/** A rule as operators edit it and as it is stored. */
export const alertRule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_-]{2,63}$/, 'must be 3 to 64 of a-z, 0-9, - and _'),
  name: z.string().trim().min(3).max(80),
  /** For a person: what it means and what to do. */
  about: z.string().trim().max(500).default(''),
  metric: z
    .string()
    .regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, 'must be a metric’s name, such as budget.used_ratio'),
  /** Only observations whose labels have one of the values. */
  where: z.record(labelName, z.array(labelValue).min(1).max(50)).default({}),
  condition: z.discriminatedUnion('kind', [thresholdCondition, burnRateCondition]),
  /** Other limits (of burn rates: objectives) for some labels; the first that fits counts. */
  overrides: z
    .array(z.strictObject({ labels: alertLabels, limit: z.number() }))
    .max(50)
    .default([]),
  /** How long it has to hold before it fires. */
  forSeconds: z.int().min(0).max(86_400).default(0),
  /** Well again: better than the limit by the margin (a share of the limit) for so long. */
  resolve: z
    .strictObject({
      margin: z.number().min(0).max(1).default(0),
      forSeconds: z.int().min(0).max(86_400).default(60),
    })
    .default({ margin: 0, forSeconds: 60 }),
  /** Observations made of fewer things say nothing. */
  minimumSample: z.int().min(0).max(1_000_000).default(0),
  severity: alertSeverity,
  /** One alert per combination of these labels; none = one alert for all. */
  groupBy: z.array(labelName).max(5).default([]),
  enabled: z.boolean().default(true),
})

export type AlertRule = z.output<typeof alertRule>
export type AlertRuleInput = z.input<typeof alertRule>
export type AlertSeverity = z.output<typeof alertSeverity>
export type ThresholdCondition = z.output<typeof thresholdCondition>
export type BurnRateCondition = z.output<typeof burnRateCondition>

/** Is `severity` at least as grave as `least`? */
export function isAsGrave(severity: AlertSeverity, least: AlertSeverity): boolean {
  return alertSeverities.indexOf(severity) <= alertSeverities.indexOf(least)
}
