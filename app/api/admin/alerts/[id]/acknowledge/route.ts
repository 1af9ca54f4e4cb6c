import { acknowledgeBody } from '#lib/contracts/alerts'
import { acknowledgeAlert } from '#server/alerts/acknowledge-alert'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'alert.acknowledge',
  body: acknowledgeBody,
  handle: ({ container, actor, params, body, requestId }) =>
    acknowledgeAlert(container.alerts.parts, { id: params.id ?? '', actorId: actor.id, requestId, ...body }),
})
