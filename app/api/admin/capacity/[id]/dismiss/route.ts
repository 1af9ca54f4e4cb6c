import { reasonedBody } from '#lib/contracts/resilience'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'capacity.dismiss',
  body: reasonedBody,
  handle: ({ container, actor, body, params, requestId }) =>
    container.capacity.dismiss({ ...body, deploymentId: params.id ?? '', actorId: actor.id, requestId }),
})
