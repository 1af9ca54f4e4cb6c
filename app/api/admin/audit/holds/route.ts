import { placeHoldBody } from '#lib/contracts/audit'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  audits: 'audit.hold',
  body: placeHoldBody,
  handle: ({ container, actor, body, requestId }) =>
    container.audit.placeHold({ ...body, actorId: actor.id, correlationId: requestId }),
})
