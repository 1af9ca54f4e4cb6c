import { makeTestCall } from '#server/gateway/test-call'
import { defineRoute } from '#server/http/define-route'

export const POST = defineRoute({
  role: 'operator',
  audits: 'deployment.test',
  handle: async ({ container, actor, params, request, requestId }) =>
    makeTestCall(container, { deploymentId: params.id ?? '', actor, request, requestId }),
})
