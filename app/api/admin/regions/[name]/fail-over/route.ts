import { reasonedBody } from '#lib/contracts/resilience'
import { operateRegion } from '#server/deployments/operate-region'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'region.fail_over',
  body: reasonedBody,
  handle: ({ container, actor, params, body, requestId }) =>
    operateRegion(
      { container, actor, params, reason: body.reason, requestId },
      { name: 'fail-over', deed: container.gateway.regions.failOver },
    ),
})
