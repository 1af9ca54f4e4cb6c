import { reasonedBody } from '#lib/contracts/resilience'
import { operateDeployment } from '#server/deployments/operate-deployment'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'deployment.undrain',
  body: reasonedBody,
  handle: ({ container, actor, params, body, requestId }) =>
    operateDeployment(
      { container, actor, params, reason: body.reason, requestId },
      { name: 'undrain', deed: container.gateway.controls.undrain },
    ),
})
