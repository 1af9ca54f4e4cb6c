import { reasonedBody } from '#lib/contracts/resilience'
import { operateRegion } from '#server/deployments/operate-region'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'region.freeze',
  body: reasonedBody,
  handle: ({ container, actor, params, body, requestId }) =>
    operateRegion(
      { container, actor, params, reason: body.reason, requestId },
      { name: 'freeze', deed: container.gateway.regions.freeze },
    ),
})
