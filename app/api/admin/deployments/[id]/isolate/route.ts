import { isolateBody } from '#lib/contracts/resilience'
import { operateDeployment } from '#server/deployments/operate-deployment'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'deployment.isolate',
  body: isolateBody,
  handle: ({ container, actor, params, body: { reason, forMs }, requestId }) =>
    operateDeployment(
      { container, actor, params, reason, requestId },
      {
        name: 'isolate',
        deed: (order) =>
          container.gateway.breakers.isolate({
            ...order,
            untilMs: forMs === null ? null : container.clock.nowMs() + forMs,
          }),
      },
    ),
})
