import { alertMetrics } from '#lib/alerts/built-in-rules'
import { changeRuleBody } from '#lib/contracts/alerts'
import { changeRule, readRules } from '#server/alerts/rules'
import { defineRoute } from '#server/http/define-route'

export const GET = defineRoute({
  role: 'viewer',
  handle: async ({ container }) => ({ rules: await readRules(container.db), metrics: alertMetrics }),
})

export const POST = defineRoute({
  role: 'operator',
  audits: 'alert_rule.create',
  body: changeRuleBody,
  handle: ({ container, actor, body, requestId }) =>
    changeRule(container.alerts.parts, { id: null, actorId: actor.id, requestId, ...body }),
})
