import { reasonedBody } from '#lib/contracts/resilience'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  audits: 'audit.release_hold',
  body: reasonedBody,
  handle: ({ container, actor, params, body, requestId }) =>
    container.audit.releaseHold({
      id: params.id ?? '',
      reason: body.reason,
      actorId: actor.id,
      correlationId: requestId,
    }),
})
