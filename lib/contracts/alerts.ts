import { z } from 'zod'
import { alertLabels, alertRule, alertSeverity } from '#lib/alerts/alert-rule'

const reason = z.string().trim().min(3).max(500)

/** An alert that fires, is acknowledged, or was resolved. */
export const alertView = z.object({
  id: z.string(),
  ruleId: z.string(),
  /** The rule's; its id when it is gone. */
  ruleName: z.string(),
  about: z.string(),
  state: z.enum(['firing', 'acknowledged', 'resolved']),
  severity: alertSeverity,
  sentence: z.string(),
  labels: z.record(z.string(), z.string()),
  metric: z.string(),
  unit: z.string(),
  value: z.number(),
  worst: z.number(),
  threshold: z.number(),
  requestIds: z.array(z.string()),
  firedAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
  /** When the silence that covers it ends; null = none does. */
  silencedUntil: z.iso.datetime().nullable(),
})

/** `GET /api/admin/alerts`: what is open, the gravest first and of those the oldest, all of it; else what was resolved, newest first. */
export const alertsQuery = z.object({
  state: z.enum(['open', 'resolved']).default('open'),
  ruleId: z.string().max(64).optional(),
  severity: alertSeverity.optional(),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const alertsPage = z.object({ alerts: z.array(alertView), nextCursor: z.string().nullable() })

/** `GET /api/admin/alerts/summary`: what the frame shows. */
export const alertsSummary = z.object({
  /** Nobody has taken them. */
  firing: z.number(),
  critical: z.number(),
  acknowledged: z.number(),
  /** When the rules were last looked at; null = not since the start. */
  evaluatedAt: z.iso.datetime().nullable(),
})

/** `GET /api/admin/alerts/{id}` */
export const alertReport = z.object({
  alert: alertView,
  events: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['fired', 'acknowledged', 'silenced', 'unsilenced', 'resolved']),
      at: z.iso.datetime(),
      value: z.number(),
      actorId: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
  deliveries: z.array(z.lazy(() => alertDeliveryView)),
  /** The values that were observed around it; null = nothing was there. */
  samples: z.array(z.object({ at: z.iso.datetime(), value: z.number().nullable() })),
})

/** `POST /api/admin/alerts/{id}/acknowledge` (operator) */
export const acknowledgeBody = z.strictObject({ reason })

/** `GET /api/admin/alert-rules` */
export const alertRuleView = z.object({
  rule: alertRule,
  builtIn: z.boolean(),
  /** A built-in rule that was changed; deleting it brings the original back. */
  changed: z.boolean(),
  changedAt: z.iso.datetime().nullable(),
  changedBy: z.string().nullable(),
})
export const alertRulesView = z.object({ rules: z.array(alertRuleView), metrics: z.array(z.string()) })
/** `POST /api/admin/alert-rules`, `PUT /api/admin/alert-rules/{id}` (operator) */
export const changeRuleBody = z.strictObject({ rule: alertRule, reason })
/** `DELETE /api/admin/alert-rules/{id}` (operator) */
export const removeRuleBody = z.strictObject({ reason })
/** `POST /api/admin/alert-rules/preview`: when the rule would have fired. */
export const previewRuleBody = z.strictObject({ rule: alertRule })
export const rulePreview = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Values that were kept of the metric. */
  samples: z.number(),
  firings: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      firedAt: z.iso.datetime(),
      resolvedAt: z.iso.datetime().nullable(),
    }),
  ),
})

/** `GET /api/admin/alert-silences`: those that hold or will. */
export const alertSilenceView = z.object({
  id: z.string(),
  ruleId: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  reason: z.string(),
  createdBy: z.string(),
})
export const alertSilencesView = z.object({ silences: z.array(alertSilenceView) })
/** `POST /api/admin/alert-silences` (operator) */
export const createSilenceBody = z.strictObject({
  ruleId: z.string().max(64).nullable().default(null),
  labels: alertLabels.default({}),
  /** Minutes from now on; a week at most. */
  minutes: z.int().min(1).max(10_080),
  reason,
})

/** A message to a channel. */
export const alertDeliveryView = z.object({
  id: z.string(),
  channelId: z.string(),
  channelName: z.string(),
  alertId: z.string().nullable(),
  type: z.string(),
  sentence: z.string(),
  state: z.enum(['waiting', 'sent', 'dead']),
  tries: z.number(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  /** While it waits. */
  nextAt: z.iso.datetime().nullable(),
  error: z.string().nullable(),
})

export type AlertView = z.infer<typeof alertView>
export type AlertsQuery = z.output<typeof alertsQuery>
export type AlertsPage = z.infer<typeof alertsPage>
export type AlertsSummary = z.infer<typeof alertsSummary>
export type AlertReport = z.infer<typeof alertReport>
export type AlertRuleView = z.infer<typeof alertRuleView>
export type RulePreview = z.infer<typeof rulePreview>
export type AlertSilenceView = z.infer<typeof alertSilenceView>
export type AlertDeliveryView = z.infer<typeof alertDeliveryView>
