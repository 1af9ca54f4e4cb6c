import { applyCapacityBody } from '#lib/contracts/capacity'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'admin',
  audits: 'capacity.apply',
  body: applyCapacityBody,
  handle: ({ container, actor, body, params, requestId }) =>
    container.capacity.apply({ ...body, deploymentId: params.id ?? '', actorId: actor.id, requestId }),
})
