import { changeRuleBody, removeRuleBody } from '#lib/contracts/alerts'
import { changeRule, removeRule } from '#server/alerts/rules'
import { defineRoute } from '#server/http/define-route'

export const PUT = defineRoute({
  role: 'operator',
  audits: 'alert_rule.update',
  body: changeRuleBody,
  handle: ({ container, actor, params, body, requestId }) =>
    changeRule(container.alerts.parts, { id: params.id ?? '', actorId: actor.id, requestId, ...body }),
})

export const DELETE = defineRoute({
  role: 'operator',
  audits: ['alert_rule.remove', 'alert_rule.reset'],
  body: removeRuleBody,
  handle: ({ container, actor, params, body, requestId }) =>
    removeRule(container.alerts.parts, { id: params.id ?? '', actorId: actor.id, requestId, ...body }),
})
